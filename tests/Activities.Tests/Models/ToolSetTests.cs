using System.ComponentModel;
using System.Text.Json.Nodes;
using AgentOS.Activities.Models;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Tests.Models;

public class ToolSetTests
{
    private static AIFunction Tool(Delegate run, string name = "tool") => AIFunctionFactory.Create(run, name, "A tool.");

    private static async Task<string> RunAsync(Delegate run, string arguments) => (await new ToolSet([Tool(run)]).RunAsync(new("1", "tool", arguments))).Text;

    public sealed record Draft(string Key, string Title, [property: Description("other drafts' keys")] string[]? DependsOn = null, int Priority = 0);

    [Fact]
    public async Task A_call_is_run_and_its_answer_told()
    {
        var result = await new ToolSet([Tool((string path, int? from_line = null) => $"{path}@{from_line}")]).RunAsync(new("1", "tool", """{"path":"a.cs","from_line":3}"""));

        (result.CallId, result.Tool, result.Text, result.IsError).ShouldBe(("1", "tool", "a.cs@3", false));
        result.Entry.ShouldBe(new ToolEntry("1", "tool", "a.cs@3"));
    }

    [Theory]
    [InlineData("""{"path":"a","from_line":"3"}""", "a@3@False")]
    [InlineData("""{"path":"a","from_line":3.0}""", "a@3@False")]
    [InlineData("""{"path":"a","fromLine":3}""", "a@3@False")]
    [InlineData("""{"Path":"a","deep":"true"}""", "a@@True")]
    [InlineData("""{"path":12,"from_line":null,"more":1}""", "12@@False")]
    public async Task What_is_meant_is_understood(string arguments, string answer) =>
        (await RunAsync((string path, int? from_line = null, bool deep = false) => $"{path}@{from_line}@{deep}", arguments)).ShouldBe(answer);

    [Theory]
    [InlineData("""{"content":{"name":"x","n":[1]}}""", "{\n  \"name\": \"x\",\n  \"n\": [\n    1\n  ]\n}")]
    [InlineData("""{"content":["a"]}""", "[\n  \"a\"\n]")]
    public async Task A_file_given_as_an_object_is_written_as_text(string arguments, string content) =>
        (await RunAsync((string content) => content, arguments)).ShouldBe(content);

    [Theory]
    [InlineData("""{"tasks":[{"key":"a","title":"A","dependsOn":["b"],"priority":"2"}]}""")]
    [InlineData("""{"tasks":"[{\"key\":\"a\",\"title\":\"A\",\"depends_on\":\"b\",\"priority\":2}]"}""")]
    [InlineData("""{"tasks":{"key":"a","title":"A","depends_on":["b"],"priority":2}}""")]
    public async Task Lists_and_objects_inside_are_understood_too(string arguments) =>
        (await RunAsync((Draft[] tasks) => string.Join(",", tasks.Select(t => $"{t.Key}:{t.Title}<{string.Join("+", t.DependsOn ?? [])}@{t.Priority}")), arguments)).ShouldBe("a:A<b@2");

    [Theory]
    [InlineData("{}", "Error: 'path' (string) is missing. The call was not run.")]
    [InlineData("""{"path":"a","from_line":"three"}""", "Error: 'from_line' must be integer, not \"three\". The call was not run.")]
    [InlineData("""{"path":"a","from_line":1.5}""", "Error: 'from_line' must be integer, not 1.5. The call was not run.")]
    [InlineData("[]", "Error: the arguments were not a JSON object")]
    [InlineData("{", "Error: the arguments were not a JSON object")]
    public async Task What_cannot_be_meant_is_told_with_what_the_tool_wants(string arguments, string answer) =>
        (await RunAsync((string path, int? from_line = null) => "run", arguments)).ShouldStartWith(answer);

    [Fact]
    public async Task A_tool_that_is_not_there_and_a_call_with_a_problem_are_answers_too()
    {
        var tools = new ToolSet([Tool(() => "", "read_file"), Tool(() => "", "finish")]);

        (await tools.RunAsync(new("1", "reed_file", "{}"))).Text.ShouldBe("Error: there is no tool 'reed_file'. You have read_file, finish.");
        (await tools.RunAsync(new("1", "read_file", "{}", "it was cut."))).ShouldSatisfyAllConditions(r => r.Text.ShouldBe("Error: it was cut."), r => r.IsError.ShouldBeTrue());
    }

    [Fact]
    public async Task An_exception_and_a_tool_that_does_not_end_are_answers_too()
    {
        var boom = new ToolSet([Tool(new Func<string>(() => throw new InvalidDataException("no such line")))]);
        var asleep = new ToolSet([Tool(() => { new ManualResetEventSlim().Wait(TestContext.Current.CancellationToken); return ""; })], new(TimeSpan.FromMilliseconds(50), 1000));

        (await boom.RunAsync(new("1", "tool", "{}"))).Text.ShouldBe("Error: tool failed: no such line");
        (await asleep.RunAsync(new("1", "tool", "{}"))).Text.ShouldBe("Error: tool did not end within 0.05 s and was stopped. Ask for less at once.");
    }

    [Fact]
    public async Task Cancelling_is_not_an_answer()
    {
        using var leave = new CancellationTokenSource();
        var tools = new ToolSet([Tool(async (CancellationToken cancel) => { await leave.CancelAsync(); await Task.Delay(Timeout.Infinite, cancel); return ""; })]);

        await Should.ThrowAsync<OperationCanceledException>(() => tools.RunAsync(new("1", "tool", "{}"), leave.Token));
    }

    [Fact]
    public async Task A_long_answer_loses_its_middle_and_characters_that_a_database_refuses()
    {
        var tools = new ToolSet([Tool(() => "begin\0" + new string('x', 5000) + "end")], new(TimeSpan.FromMinutes(1), 300));

        var text = (await tools.RunAsync(new("1", "tool", "{}"))).Text;

        text.ShouldStartWith("begin\uFFFDxx");
        text.ShouldEndWith("xxend");
        text.ShouldContain("[4709 characters left out]");
    }

    [Fact]
    public void A_role_is_offered_its_own_tools_and_those_of_servers_that_do_not_take_their_names()
    {
        AIFunction[] all = [.. RoleTools.For("worker").Concat(RoleTools.For("orchestrator")).Distinct().Select(n => Tool(() => "", n))];

        var offered = ToolSet.For("worker", all, [Tool(() => "", "docs_search"), Tool(() => "fake", "finish")]).Tools.Select(t => t.Name);

        offered.ShouldBe(["list_files", "read_file", "search", "fetch_url", "ask_human", "write_file", "edit_file", "delete_file",
            "run_shell", "git_status", "git_diff", "report_blocked", "finish", "docs_search"]);
        Should.Throw<ArgumentException>(() => RoleTools.For("coder"));
    }

    [Fact]
    public async Task A_result_that_is_not_text_is_told_as_JSON() =>
        JsonNode.Parse(await RunAsync(() => new { ok = true }, "{}"))!["ok"]!.GetValue<bool>().ShouldBeTrue();
}
