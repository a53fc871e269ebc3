using System.Text.Json;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>The demo as a stranger runs it: one command, and all that it promises in one object.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_demo_develops_its_features_in_parallel_sends_work_back_and_leaves_passing_tests_and_nothing_else()
    {
        var cli = new Cli(_folder.In("home"));

        var result = await cli.RunAsync("demo", "--json", "--url", DemoUrl());

        result.ExitCode.ShouldBe(0, result.StandardError);
        var summary = JsonDocument.Parse(result.StandardOutput).RootElement;
        summary.GetProperty("ok").GetBoolean().ShouldBeTrue();
        summary.GetProperty("rejections").GetInt32().ShouldBeGreaterThanOrEqualTo(2);
        summary.GetProperty("cost_usd").GetDecimal().ShouldBeGreaterThan(0);
        var tasks = summary.GetProperty("tasks").EnumerateArray().ToList();
        tasks.Count.ShouldBeGreaterThanOrEqualTo(4);
        tasks.ShouldAllBe(task => task.GetProperty("status").GetString() == "done" && task.GetProperty("merged_sha").GetString()!.Length == 40);
        tasks.Select(task => task.GetProperty("merged_sha").GetString()).Distinct().Count().ShouldBe(tasks.Count);
        tasks.Count(task => task.GetProperty("attempts").GetInt32() > 1).ShouldBeGreaterThanOrEqualTo(2);
        Directory.Exists(_folder.In("home/demo")).ShouldBeFalse("the demo takes away what it made");
    }

    private static string DemoUrl()
    {
        using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        return $"http://{probe.LocalEndpoint}";
    }
}
