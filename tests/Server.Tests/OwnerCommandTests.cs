using System.Text.Json;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>What an owner arranges from the terminal: agents, duties, lessons, costs, models, notifications, browsers.</summary>
public sealed class OwnerCommandTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private readonly Cli _cli = server.Cli;

    [Fact]
    public async Task An_agent_leaves_and_comes_back_but_the_only_judge_stays()
    {
        await OutputAsync("agent", "create", "passing");
        (await OutputAsync("agent", "remove", "passing")).ShouldContain("has left");
        (await OutputAsync("agent", "list")).ShouldNotContain("passing");
        (await OutputAsync("agent", "create", "passing")).ShouldContain("joins");
        (await _cli.RunAsync("agent", "remove", "reviewer")).StandardError.ShouldContain("only reviewer");
    }

    [Fact]
    public async Task A_duty_is_set_switched_off_and_taken_away()
    {
        var id = (await JsonAsync("schedule", "add", "orchestrator", "7 7 * * *", "--json")).GetProperty("id").GetString()!;
        (await JsonAsync("schedule", "set", id, "--cron", "8 8 * * *", "--disable", "--json")).ShouldSatisfyAllConditions(
            set => set.GetProperty("cron_expression").GetString().ShouldBe("8 8 * * *"), set => set.GetProperty("enabled").GetBoolean().ShouldBeFalse());
        (await OutputAsync("schedule", "set", id, "--enable")).ShouldContain("due in");
        (await OutputAsync("schedule", "run", id)).ShouldContain("is at it");
        (await _cli.RunAsync("schedule", "set", id, "--cron", "whenever")).StandardError.ShouldContain("no cron expression");
        (await _cli.RunAsync("schedule", "set", id, "--enable", "--disable")).ExitCode.ShouldBe(2);
        await OutputAsync("schedule", "remove", id);
        (await OutputAsync("schedule", "list")).ShouldNotContain(id);
    }

    [Fact]
    public async Task A_lesson_is_taught_listed_retired_taught_again_and_changed()
    {
        using var folder = new TemporaryFolder();
        await Git.RunAsync(folder.Path, "init", "-q", "-b", "main");
        await Git.RunAsync(folder.Path, "commit", "-q", "--allow-empty", "-m", "first");
        await OutputAsync("repo", "add", folder.Path, "--name", "taught");

        await OutputAsync("lesson", "add", "Prices are in cents.", "--repo", "taught");
        var lesson = (await JsonAsync("lesson", "list", "--repo", "taught", "--json")).EnumerateArray().ShouldHaveSingleItem();
        lesson.GetProperty("content").GetString().ShouldBe("Prices are in cents.");
        await OutputAsync("lesson", "retire", lesson.GetProperty("id").GetString()!);
        (await JsonAsync("lesson", "list", "--json")).GetArrayLength().ShouldBe(0);
        await OutputAsync("lesson", "add", "Prices are in cents.", "--repo", "taught");
        (await JsonAsync("lesson", "list", "--json")).GetArrayLength().ShouldBe(1);
        await OutputAsync("lesson", "edit", lesson.GetProperty("id").GetString()!, "Prices are whole cents.");
        await OutputAsync("lesson", "retire", lesson.GetProperty("id").GetString()!);
        (await JsonAsync("lesson", "list", "--retired", "--grep", "WHOLE", "--json")).EnumerateArray().ShouldHaveSingleItem().GetProperty("retired").GetBoolean().ShouldBeTrue();
        await OutputAsync("lesson", "restore", lesson.GetProperty("id").GetString()!);
        (await OutputAsync("lesson", "list", "--repo", "taught")).ShouldContain("Prices are whole cents.");
    }

    [Fact]
    public async Task Goals_are_listed_with_how_far_they_are()
    {
        await server.App.Services.GetRequiredService<TaskStore>().CreateAsync(new("Let shops run promotions", TaskKind.Goal));
        (await OutputAsync("goal", "list", "--grep", "promo")).ShouldContain("0 of 0");
        (await JsonAsync("goal", "list", "--ended", "--grep", "promo", "--json")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Costs_are_asked_by_each_measure()
    {
        foreach (var by in (string[])["day", "agent", "model", "repository", "goal", "task"]) (await JsonAsync("cost", "--by", by, "--json")).ValueKind.ShouldBe(JsonValueKind.Array);
        (await _cli.RunAsync("cost", "--days", "0")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Models_are_listed_without_their_keys_and_pinged()
    {
        var listed = await JsonAsync("model", "list", "--json");
        listed.GetProperty("providers").GetArrayLength().ShouldBeGreaterThan(0);
        listed.GetProperty("roles").EnumerateArray().Select(role => role.GetProperty("name").GetString()).ShouldContain("worker");
        var pinged = await _cli.RunAsync("model", "ping", "--json");
        JsonDocument.Parse(pinged.StandardOutput).RootElement.GetProperty("ok").GetBoolean().ShouldBe(pinged.ExitCode == 0);
        (await _cli.RunAsync("model", "try", "nobody/nothing")).StandardError.ShouldContain("there is no model 'nobody/nothing'");
    }

    [Fact]
    public async Task What_is_in_force_is_shown_without_secrets()
    {
        var shown = await JsonAsync("config", "--json");
        shown.EnumerateArray().Select(one => one.GetProperty("name").GetString()).ShouldContain("PostgreSQL");
        var settings = server.App.Services.GetRequiredService<ServerSettings>();
        string.Join(' ', ServerConfiguration.Of(settings, "Host=db;Username=me;Password=open-sesame")).ShouldSatisfyAllConditions(text => text.ShouldContain("user me, password ••••••"), text => text.ShouldNotContain("sesame"));
        shown.GetRawText().ShouldNotContain(server.Token);
    }

    [Fact]
    public async Task How_the_server_is_doing_is_told()
    {
        var status = await JsonAsync("status", "--json");
        status.GetProperty("database").GetProperty("migration").GetInt32().ShouldBe(AgentOS.Kernel.Database.Migration.All[^1].Number);
        status.GetProperty("nodes").EnumerateArray().ShouldHaveSingleItem().GetProperty("is_alive").GetBoolean().ShouldBeTrue();
        status.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()).ShouldContain("sandbox");
        (await OutputAsync("status")).ShouldContain("Tasks that wait for a worker");
    }

    [Fact]
    public async Task A_webhook_is_added_tested_and_removed()
    {
        var added = await JsonAsync("notify", "add", "http://127.0.0.1:1/secret-path", "--on", "needs_you", "blocked", "--json");
        var id = added.GetProperty("webhook").GetProperty("id").GetString()!;
        added.GetProperty("secret").GetString()!.Length.ShouldBe(64);

        var list = await OutputAsync("notify", "list");
        list.ShouldContain("needs_you blocked");
        list.ShouldNotContain("secret-path");
        var tested = await _cli.RunAsync("notify", "test", id);
        (tested.ExitCode, tested.StandardOutput).ShouldBe((1, "It was not taken: It cannot be reached: ConnectionError.\n"));
        await OutputAsync("notify", "remove", id);
        (await _cli.RunAsync("notify", "remove", id)).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Browsers_are_listed_and_revoked()
    {
        (await JsonAsync("dashboard", "list", "--json")).ValueKind.ShouldBe(JsonValueKind.Array);
        (await OutputAsync("dashboard", "revoke", "--all")).ShouldContain("Signed out: ");
        (await _cli.RunAsync("dashboard", "revoke")).ExitCode.ShouldBe(2);
        (await _cli.RunAsync("dashboard", "revoke", Guid.Empty.ToString())).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task The_log_is_filtered_by_event_and_text()
    {
        await OutputAsync("task", "create", "Needle in the log");
        await OutputAsync("agent", "create", "needle-agent");
        var found = await JsonAsync("log", "--event", "task.", "--grep", "NEEDLE", "--json");
        found.EnumerateArray().ShouldHaveSingleItem().GetProperty("event_type").GetString().ShouldBe("task.created");
    }

    [Fact]
    public async Task Top_wants_a_terminal_and_says_what_to_use_without_one()
    {
        var refused = await _cli.RunAsync("top");
        refused.ExitCode.ShouldBe(1);
        refused.StandardError.ShouldContain("agentos log -f --json");
    }

    [Theory]
    [InlineData("list")]
    [InlineData("status")]
    public async Task What_another_program_reads_has_no_colours(string verb) => (await OutputAsync("agent", verb)).ShouldNotContain("\u001b");

    private async Task<string> OutputAsync(params string[] arguments)
    {
        var result = await _cli.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.StandardError);
        return result.StandardOutput;
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments) => JsonDocument.Parse(await OutputAsync(arguments)).RootElement;
}
