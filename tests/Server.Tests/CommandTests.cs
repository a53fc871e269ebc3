using System.Text.Json;
using AgentOS.Kernel.Messages;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>The real command against a server: what it prints, and how it ends.</summary>
public class CommandTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private readonly Cli _cli = server.Cli;

    [Fact]
    public async Task Tasks_are_made_listed_shown_and_cancelled()
    {
        var made = await JsonAsync("task", "create", "Build login page", "--description", "It works.", "--assign", "worker", "--json");
        var id = made.GetProperty("id").GetString()!;

        (await JsonAsync("task", "list", "--status", "inbox", "--json")).EnumerateArray().ShouldContain(task => task.GetProperty("id").GetString() == id);
        (await OutputAsync("task", "list")).ShouldContain("Build login page");
        (await OutputAsync("task", "show", id)).ShouldContain("It works.");
        (await OutputAsync("task", "cancel", id)).ShouldContain("Cancelled.");
        (await OutputAsync("log", "--task", id)).ShouldContain("task.cancelled");
    }

    [Fact]
    public async Task A_question_is_answered_from_the_terminal()
    {
        var task = (await JsonAsync("task", "create", "Ask", "--json")).GetProperty("id").GetGuid();
        await server.App.Services.GetRequiredService<MessageStore>().SendAsync(new(MessageType.Question, "Which colour?\u001b[2J") { TaskId = task });

        (await OutputAsync("task", "questions")).ShouldContain("Which colour?");
        (await OutputAsync("task", "show", $"{task}")).ShouldNotContain("\u001b", customMessage: "what an agent writes must not drive the terminal");
        (await OutputAsync("task", "answer", $"{task}", "Blue")).ShouldContain("Answered");
        (await _cli.RunAsync("task", "answer", $"{task}", "Red")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task A_repository_is_added_by_a_relative_path_set_and_removed()
    {
        using var folder = new TemporaryFolder();
        await Git.RunAsync(folder.Path, "init", "-q", "-b", "main");
        await Git.RunAsync(folder.Path, "commit", "-q", "--allow-empty", "-m", "first");
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, folder.Path);

        (await JsonAsync("repo", "add", relative, "--name", "sample", "--json")).GetProperty("path").GetString().ShouldBe(folder.Path);
        var set = await JsonAsync("repo", "set", "sample", "--network", "setup", "--memory", "512", "--read", "/opt", "--test", "make test", "--json");
        set.GetProperty("settings").GetProperty("network").GetString().ShouldBe("setup");
        set.GetProperty("settings").GetProperty("limits").GetProperty("memory_mb").GetInt32().ShouldBe(512);
        set.GetProperty("checks").GetProperty("test").GetString().ShouldBe("make test");
        (await JsonAsync("repo", "set", "sample", "--memory", "1024", "--json")).GetProperty("settings").GetProperty("network").GetString().ShouldBe("setup");
        (await OutputAsync("repo", "show", folder.Path)).ShouldContain("make test");
        await OutputAsync("repo", "remove", relative);
    }

    [Theory]
    [InlineData("task")]
    [InlineData("agent")]
    [InlineData("repo")]
    public async Task Every_listing_is_json_when_asked(string noun) => (await JsonAsync(noun, "list", "--json")).ValueKind.ShouldBe(JsonValueKind.Array);

    [Theory]
    [InlineData(1, "task", "show", "0197d1f2-0000-7000-8000-000000000000")]
    [InlineData(1, "task", "list", "--status", "finished")]
    [InlineData(1, "agent", "pause", "nobody")]
    [InlineData(1, "repo", "add", "/nowhere")]
    [InlineData(1, "goal", "x", "--repo", "/nowhere")]
    [InlineData(2, "task")]
    [InlineData(2, "task", "create")]
    [InlineData(2, "goal", "without a repository")]
    [InlineData(2, "repo", "set", "x", "--network", "sometimes")]
    [InlineData(2, "log", "--lines", "many")]
    public async Task A_command_that_fails_says_why_on_one_line_and_ends_with_its_code(int code, params string[] arguments)
    {
        var result = await _cli.RunAsync(arguments);

        result.ExitCode.ShouldBe(code, result.StandardOutput + result.StandardError);
        result.StandardError.ShouldStartWith("agentos: ");
        if (code == 1) result.StandardError.Trim().ShouldNotContain("\n");
        result.StandardOutput.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_servers_token_is_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var stranger = new Cli(folder.In("home")) { Variables = { ["AGENTOS_URL"] = server.Url.ToString(), ["AGENTOS_TOKEN"] = "wrong" } };

        var result = await stranger.RunAsync("task", "list");

        result.ExitCode.ShouldBe(1);
        result.StandardError.ShouldContain("AGENTOS_HOME");
    }

    [Fact]
    public async Task Doctor_looks_at_everything()
    {
        var report = await JsonAsync("doctor", "--json");

        report.GetProperty("ok").GetBoolean().ShouldBeTrue(report.GetRawText());
        report.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString())
            .ShouldBe([".NET SDK", "Node.js", "npm", "git", "sandbox", "data folder", "disk", "PostgreSQL", "server", "models"]);
    }

    [Fact]
    public async Task The_dashboards_link_is_of_this_server() =>
        (await JsonAsync("dashboard", "--json")).GetProperty("url").GetString()!.ShouldStartWith(server.Url.ToString());

    private async Task<string> OutputAsync(params string[] arguments)
    {
        var result = await _cli.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.StandardError);
        return result.StandardOutput;
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments) => JsonDocument.Parse(await OutputAsync(arguments)).RootElement;
}
