using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Server.Hosting;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>agentos workflow: what it prints, writes, imports and runs, and how it ends.</summary>
public sealed class WorkflowCommandTests(ServerFixture server) : IClassFixture<ServerFixture>, IDisposable
{
    private const string Greet = """
        {"definitionId":"greet","name":"Greet","inputs":[{"name":"Who","type":"String"}],"outputs":[{"name":"Said","type":"String"}],"root":{"id":"f","type":"Elsa.Flowchart","activities":[
          {"id":"say","type":"Elsa.SetOutput","outputName":{"typeName":"String","expression":{"type":"Literal","value":"Said"}},"outputValue":{"typeName":"Object","expression":{"type":"JavaScript","value":"'Hello ' + getInput('Who')"}}},
          {"id":"fail","type":"Elsa.Fault","message":{"typeName":"String","expression":{"type":"Literal","value":"on purpose"}}}],
          "connections":[]}}
        """;

    private readonly Cli _cli = server.Cli;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_workflows_of_the_loop_are_listed_shown_and_sound()
    {
        (await JsonAsync("workflow", "list", "--json")).EnumerateArray().Select(item => item.GetProperty("definitionId").GetString()).ShouldContain("task");
        (await OutputAsync("workflow", "show", "task")).ShouldContain("AgentOS.RunChecks");
        (await OutputAsync("workflow", "validate", Installation.Find().Workflows)).ShouldContain("task.json: no mistakes");
    }

    [Fact]
    public async Task What_is_exported_is_imported_without_a_change()
    {
        var file = _folder.In("task.json");
        await OutputAsync("workflow", "export", "task", "--out", file);
        var imported = (await JsonAsync("workflow", "import", file, "--json"))[0];
        imported.GetProperty("changes").GetArrayLength().ShouldBe(0);
        imported.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        await OutputAsync("workflow", "export", "--all", "--out", _folder.In("all"));
        File.Exists(Path.Combine(_folder.In("all"), "goal.json")).ShouldBeTrue();
    }

    [Fact]
    public async Task Samples_of_documentation_are_sound_imported_and_run()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Samples");
        (await OutputAsync("workflow", "validate", folder)).ShouldContain("short.json: no mistakes");
        foreach (var imported in (await JsonAsync("workflow", "import", folder, "--json")).EnumerateArray()) imported.GetProperty("published").GetBoolean().ShouldBeTrue(imported.GetRawText());
        (await OutputAsync("workflow", "run", "variables", "--wait")).ShouldMatch("If1? +Completed");
    }

    [Fact]
    public async Task An_import_says_what_changed_and_a_run_shows_its_steps()
    {
        var file = await WriteAsync("greet.json", Greet);
        (await OutputAsync("workflow", "import", file)).ShouldContain("greet: version 1, published");
        var run = await OutputAsync("workflow", "run", "greet", "--input", "Who=Ada", "--wait");
        run.ShouldContain("Said = Hello Ada");
        run.ShouldMatch("say +Completed");

        await WriteAsync("greet.json", Greet.Replace("\"connections\":[]", "\"connections\":[{\"source\":{\"activity\":\"say\",\"port\":\"Done\"},\"target\":{\"activity\":\"fail\",\"port\":\"In\"}}]"));
        var again = await OutputAsync("workflow", "import", file);
        again.ShouldContain("greet: version 2, published");
        again.ShouldContain("+ connection say, Done → fail");
        var failed = await _cli.RunAsync("workflow", "run", "Greet", "--wait", "--json");
        failed.ExitCode.ShouldBe(1);
        JsonNode.Parse(failed.StandardOutput)!["incidents"]![0]!.ToString().ShouldBe("fail: on purpose");
    }

    [Fact]
    public async Task A_definition_that_cannot_be_published_leaves_nothing()
    {
        var refused = await _cli.RunAsync("workflow", "import", await WriteAsync("broken.json", """{"definitionId":"broken","root":{"id":"x"}}"""));
        refused.ExitCode.ShouldBe(1);
        refused.StandardOutput.ShouldContain("names no type");
        (await _cli.RunAsync("workflow", "show", "broken")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Validate_needs_no_server_and_names_file_activity_and_mistake()
    {
        var alone = new Cli(_folder.In("nowhere"));
        var file = await WriteAsync("bad.json", Greet.Replace("Elsa.SetOutput", "Elsa.SetOutpt"));
        var found = await alone.RunAsync("workflow", "validate", file);
        found.ExitCode.ShouldBe(1);
        found.StandardOutput.ShouldContain($"{file}: activity 'say': There is no activity type 'Elsa.SetOutpt' here. Is 'Elsa.SetOutput' meant?");
        var json = await alone.RunAsync("workflow", "validate", await WriteAsync("none.json", "{oops"), "--json");
        JsonNode.Parse(json.StandardOutput)![0]!["mistakes"]![0]!["message"]!.ToString().ShouldContain("It is no JSON");
    }

    [Fact]
    public async Task Workflows_of_one_folder_may_use_each_other_as_activities()
    {
        await WriteAsync("both/part.json", """{"definitionId":"part","name":"Shared part","options":{"usableAsActivity":true},"outcomes":["Good"],"root":{"id":"s","type":"Elsa.Sequence"}}""");
        await WriteAsync("both/whole.json", """
            {"definitionId":"whole","root":{"id":"f","type":"Elsa.Flowchart","activities":[{"id":"p","type":"SharedPart"},{"id":"w","type":"Elsa.WriteLine"}],"connections":[{"source":{"activity":"p","port":"Good"},"target":{"activity":"w"}}]}}
            """);
        (await _cli.RunAsync("workflow", "validate", _folder.In("both"))).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData(1, "workflow", "show", "nope")]
    [InlineData(1, "workflow", "run", "nope")]
    [InlineData(1, "workflow", "show", "task", "--version", "99")]
    [InlineData(1, "workflow", "import", "/no/such/file")]
    [InlineData(2, "workflow", "run", "task", "--input", "novalue")]
    [InlineData(2, "workflow", "export", "task", "--all")]
    [InlineData(2, "workflow", "validate")]
    public async Task Wrong_use_ends_with_its_exit_code_and_a_reason(int code, params string[] arguments)
    {
        var result = await _cli.RunAsync(arguments);
        result.ExitCode.ShouldBe(code);
        result.StandardError.ShouldStartWith("agentos: ");
    }

    private async Task<string> WriteAsync(string name, string json)
    {
        var path = _folder.In(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, json);
        return path;
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments) => JsonElement.Parse(await OutputAsync(arguments));

    private async Task<string> OutputAsync(params string[] arguments)
    {
        var result = await _cli.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.StandardOutput + result.StandardError);
        return result.StandardOutput;
    }
}
