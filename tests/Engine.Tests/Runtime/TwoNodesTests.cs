using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>Real processes on one database: killed, paused, and both at work.</summary>
public sealed class TwoNodesTests(EngineDatabaseFixture engine) : IClassFixture<EngineDatabaseFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_burst_whose_node_is_killed_goes_on_elsewhere_from_its_last_commit()
    {
        await using var checkpoint = await Checkpoint.StartAsync();
        await using var first = await EngineProcess.StartAsync(engine.ConnectionString);
        await first.PublishAsync(Definitions.Sequence("killed", $"{Definitions.WriteLine("a")},{Definitions.Call("c", checkpoint.Address + "/killed")},{Definitions.WriteLine("b")}", """{"commitStrategyName":"ActivityExecuted"}"""));
        var id = await first.DispatchAsync("killed");
        (await checkpoint.ArrivalAsync()).ShouldBe("killed");
        first.Kill();

        await using var second = await EngineProcess.StartAsync(engine.ConnectionString);
        (await checkpoint.ArrivalAsync()).ShouldBe("killed");
        checkpoint.Open("killed");
        await UntilFinishedAsync("id = $1", id, 1);
        var journal = await second.JournalAsync(id);
        journal.Count(x => x == "a Completed").ShouldBe(1);
        journal.Count(x => x == "c Completed").ShouldBe(1);
        journal.Count(x => x == "b Completed").ShouldBe(1);
    }

    [Fact]
    public async Task A_node_that_was_paused_and_comes_back_cannot_write()
    {
        await using var checkpoint = await Checkpoint.StartAsync();
        await using var first = await EngineProcess.StartAsync(engine.ConnectionString);
        await first.PublishAsync(Definitions.Sequence("paused", $"{Definitions.WriteLine("a")},{Definitions.Call("c", checkpoint.Address + "/paused")},{Definitions.WriteLine("b")}", """{"commitStrategyName":"ActivityExecuted"}"""));
        var id = await first.DispatchAsync("paused");
        await checkpoint.ArrivalAsync();
        first.Pause();

        await using var second = await EngineProcess.StartAsync(engine.ConnectionString);
        // As if its lease had run out.
        await engine.ExecuteAsync("update engine.nodes set alive_until = now() - interval '1 minute' where id = (select owner from engine.workflow_instances where id = $1)", id);
        (await checkpoint.ArrivalAsync()).ShouldBe("paused");
        checkpoint.Open("paused");
        await UntilFinishedAsync("id = $1", id, 1);
        var before = await second.JournalAsync(id);
        first.GoOn();
        // It has answered again, so it has had its chance to write.
        (await first.JournalAsync(id)).ShouldBe(before);
        before.Count(x => x == "b Completed").ShouldBe(1);
    }

    [Fact]
    public async Task Starts_with_one_id_from_two_nodes_are_one_start()
    {
        await using var first = await EngineProcess.StartAsync(engine.ConnectionString);
        await using var second = await EngineProcess.StartAsync(engine.ConnectionString);
        await first.PublishAsync(Definitions.Sequence("once", Definitions.WriteLine("a")));
        var ids = Enumerable.Range(0, 20).Select(n => $"once-{n}").ToList();
        await Task.WhenAll(ids.SelectMany(id => new[] { first.DispatchAsync("once", id), second.DispatchAsync("once", id), first.DispatchAsync("once", id) }));
        await UntilFinishedAsync("definition_id = $1", "once", ids.Count);
        (await engine.ScalarAsync<long>("select count(*) from engine.work where instance_id like 'once-%'")).ShouldBe(0);
        foreach (var id in ids) (await first.JournalAsync(id)).Count(x => x == "a Completed").ShouldBe(1);
    }

    [Fact]
    public async Task A_cron_fires_once_for_each_slot_on_two_nodes()
    {
        await using var first = await EngineProcess.StartAsync(engine.ConnectionString);
        await using var second = await EngineProcess.StartAsync(engine.ConnectionString);
        await first.PublishAsync(Definitions.Flow("cron", Definitions.Trigger("Elsa.Cron", Definitions.Literal("cronExpression", "* * * * * *")), Definitions.WriteLine("a")));
        // Seconds of the next slot, less what has fired: a slot that is passed over makes it more, one that fires twice makes it less.
        const string ahead = "select extract(epoch from due_at)::bigint - fired from engine.timers where kind = 'cron'";
        var before = await engine.ScalarAsync<long>(ahead);
        await engine.UntilAsync("select coalesce(max(fired), 0) >= 4 from engine.timers where kind = 'cron'");
        (await engine.ScalarAsync<long>(ahead)).ShouldBeGreaterThanOrEqualTo(before);
        (await engine.ScalarAsync<long>("""
            select fired - (select count(*) from engine.workflow_instances where definition_id = 'cron') - (select count(*) from engine.work where kind = 'start') from engine.timers where kind = 'cron'
            """)).ShouldBe(0, "each that fired is a start");
        using var retracted = await first.PostAsync("elsa/api/workflow-definitions/cron/retract");
    }

    [Fact]
    public async Task An_event_reaches_an_instance_that_another_node_suspended()
    {
        await using var first = await EngineProcess.StartAsync(engine.ConnectionString);
        await using var second = await EngineProcess.StartAsync(engine.ConnectionString);
        await first.PublishAsync(Definitions.Sequence("waits", $"{Definitions.Event("e", "wake")},{Definitions.WriteLine("b")}"));
        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => first.DispatchAsync("waits")));
        // Some of the events come before their instance waits.
        foreach (var id in ids) (await second.PostAsync("elsa/api/events/wake/trigger", new { workflowInstanceId = id })).EnsureSuccessStatusCode();
        await UntilFinishedAsync("definition_id = $1", "waits", ids.Length);
    }

    [Fact]
    public async Task Who_watches_at_one_node_sees_each_step_of_what_another_runs()
    {
        await using var checkpoint = await Checkpoint.StartAsync();
        await using var first = await EngineProcess.StartAsync(engine.ConnectionString);
        await using var second = await EngineProcess.StartAsync(engine.ConnectionString);
        string[] steps = ["w1", "w2", "w3"];
        await first.PublishAsync(Definitions.Sequence("watched", string.Join(',', steps.Select(step => Definitions.Call(step, $"{checkpoint.Address}/{step}"))), """{"commitStrategyName":"ActivityExecuted"}"""));
        // What is executed, not dispatched, runs where it was asked for.
        var run = first.PostAsync("elsa/api/workflow-definitions/watched/execute");
        (await checkpoint.ArrivalAsync()).ShouldBe("w1");

        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(second.Http.BaseAddress!, "elsa/hubs/workflow-instance")).Build();
        var news = Channel.CreateUnbounded<string>();
        hub.On<JsonElement>("ActivityExecutionLogUpdatedAsync", message =>
        {
            foreach (var stats in message.GetProperty("stats").EnumerateArray().Where(stats => stats.GetProperty("completedCount").GetInt32() == 1).Select(stats => stats.GetProperty("activityId").GetString()!).Where(steps.Contains)) news.Writer.TryWrite(stats);
        });
        await hub.StartAsync();
        checkpoint.Open("w1");
        (await checkpoint.ArrivalAsync()).ShouldBe("w2");
        await hub.InvokeAsync("ObserveInstanceAsync", await engine.ScalarAsync<string>("select id from engine.workflow_instances where definition_id = 'watched'"));

        foreach (var (step, index) in steps.Select((step, index) => (step, index)))
        {
            (await news.Reader.ReadAsync().AsTask().WaitAsync(Patience)).ShouldBe(step);
            if (index + 1 == steps.Length) break;
            checkpoint.Open(steps[index + 1]);
            if (index + 2 < steps.Length) (await checkpoint.ArrivalAsync()).ShouldBe(steps[index + 2]);
        }
        (await run).Dispose();
    }

    [Fact]
    public async Task A_child_and_its_waiting_parent_survive_a_kill_in_the_child()
    {
        await using var checkpoint = await Checkpoint.StartAsync();
        await using var first = await EngineProcess.StartAsync(engine.ConnectionString);
        await first.PublishAsync(Definitions.Sequence("child", Definitions.Call("c", checkpoint.Address + "/child")));
        await first.PublishAsync(Definitions.Sequence("parent",
            $$"""{{Definitions.Activity("d", "Elsa.DispatchWorkflow", Definitions.Literal("workflowDefinitionId", "child") + ",\"waitForCompletion\":{\"typeName\":\"Boolean\",\"expression\":{\"type\":\"Literal\",\"value\":\"true\"}}")}},{{Definitions.WriteLine("b")}}"""));
        var parent = await first.DispatchAsync("parent");
        await checkpoint.ArrivalAsync();
        first.Kill();
        await using var second = await EngineProcess.StartAsync(engine.ConnectionString);
        await checkpoint.ArrivalAsync();
        checkpoint.Open("child");
        await UntilFinishedAsync("id = $1", parent, 1);
        (await engine.ScalarAsync<long>("select count(*) from engine.workflow_instances where parent_id = $1", parent)).ShouldBe(1);
        (await second.Http.GetFromJsonAsync<JsonElement>($"elsa/api/workflow-instances/{parent}")).GetProperty("subStatus").GetString().ShouldBe("Finished");
    }

    private Task UntilFinishedAsync(string which, string value, long count) =>
        engine.UntilAsync($"select count(*) >= {count} from engine.workflow_instances where status = 'Finished' and {which}", value);
}
