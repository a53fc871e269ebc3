using System.Text.Json;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>The benches, run small: what they print, that they leave nothing behind, and what a merged task may cost.</summary>
public sealed class BenchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private Cli Cli => new(_folder.In("home"));

    [Fact]
    public async Task The_engine_is_measured_against_its_baseline()
    {
        var report = await RunAsync("engine", "--seconds", "1", "--clients", "1", "8", "--instances", "20", "--callers", "2");

        report.GetProperty("ok").GetBoolean().ShouldBeTrue();
        report.GetProperty("baseline").GetString()!.ShouldContain("Elsa 3.8");
        var lines = report.GetProperty("workloads").EnumerateArray().ToList();
        lines.Select(line => (line.GetProperty("workload").GetString(), line.GetProperty("clients").GetInt32()))
            .ShouldBe([("bench5", 1), ("bench5", 8), ("bench5lit", 1), ("bench5lit", 8)]);
        lines.ShouldAllBe(line => line.GetProperty("runs").GetInt64() > 0 && line.GetProperty("p50_ms").GetDouble() > 0 && line.GetProperty("p95_ms").GetDouble() > 0
            && line.GetProperty("p99_ms").GetDouble() > 0 && line.GetProperty("failures").GetInt64() == 0 && line.GetProperty("ratio").GetDouble() > 0);
        var suspension = report.GetProperty("suspension");
        suspension.GetProperty("started_per_second").GetDouble().ShouldBePositive();
        suspension.GetProperty("resumed_per_second").GetDouble().ShouldBePositive();
    }

    [Fact]
    public async Task A_merged_task_costs_no_more_than_forty_commits()
    {
        var report = await RunAsync("loop", "--tasks", "12", "--workers", "4", "--warm-up", "2");

        report.GetProperty("ok").GetBoolean().ShouldBeTrue();
        report.GetProperty("merged").GetInt32().ShouldBe(12);
        report.GetProperty("tasks_per_second").GetDouble().ShouldBePositive();
        report.GetProperty("commits_per_task").GetDouble().ShouldBeInRange(1, 40);
        report.GetProperty("transactions_per_task").GetDouble().ShouldBeGreaterThan(report.GetProperty("commits_per_task").GetDouble());
        report.GetProperty("phases").EnumerateArray().Select(phase => phase.GetProperty("step").GetString()).ShouldContain(step => step!.Contains("RunChecks"));
    }

    [Fact]
    public async Task The_start_of_new_work_is_measured_for_both_ways_in()
    {
        var report = await RunAsync("dispatch", "--tasks", "3", "--warm-up", "1");

        report.GetProperty("ways").EnumerateArray().Select(line => (line.GetProperty("way").GetString(), line.GetProperty("until").GetString()))
            .ShouldBe([("api", "task.started"), ("api", "session.started"), ("sql", "task.started"), ("sql", "session.started")]);
        report.GetProperty("ways").EnumerateArray().ShouldAllBe(line => line.GetProperty("p50_ms").GetDouble() > 0 && line.GetProperty("p99_ms").GetDouble() >= line.GetProperty("p50_ms").GetDouble());
    }

    [Fact]
    public async Task The_pages_are_measured_with_a_history_in_the_database_and_a_change_in_view()
    {
        var report = await RunAsync("pages", "--tasks", "1000", "--rows", "5000", "--requests", "2", "--clients", "3", "--changes", "2");

        report.GetProperty("answers").EnumerateArray().ShouldAllBe(line => line.GetProperty("p50_ms").GetDouble() > 0 && line.GetProperty("max_ms").GetDouble() >= line.GetProperty("p99_ms").GetDouble());
        report.GetProperty("changes").EnumerateArray().Select(line => line.GetProperty("what").GetString()).ShouldBe(["board", "feed", "task", "all"]);
        report.GetProperty("changes").EnumerateArray().ShouldAllBe(line => line.GetProperty("p50_ms").GetDouble() > 0);
    }

    [Theory]
    [InlineData("engine", "--seconds", "0")]
    [InlineData("loop", "--tasks", "0")]
    [InlineData("dispatch", "--tasks", "no")]
    [InlineData("pages", "--rows", "0")]
    public async Task What_cannot_be_measured_is_refused(params string[] arguments) => (await Cli.RunAsync(["bench", .. arguments])).ExitCode.ShouldBe(2);

    public void Dispose() => _folder.Dispose();

    private async Task<JsonElement> RunAsync(params string[] arguments)
    {
        var run = await Cli.RunAsync(["bench", .. arguments, "--json"]);
        run.ExitCode.ShouldBe(0, run.StandardError + run.StandardOutput);
        Directory.EnumerateDirectories(Cli.Home, "bench*").ShouldBeEmpty("a bench removes what it made");
        return JsonDocument.Parse(run.StandardOutput).RootElement;
    }
}
