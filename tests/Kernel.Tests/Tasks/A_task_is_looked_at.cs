using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Tests.Tasks;

public sealed class A_task_is_looked_at : KernelTest
{
    [Fact]
    public async Task with_what_is_around_it()
    {
        await TeamAsync();
        var goal = await GoalAsync("Promotions");
        await Tasks.DoAsync(goal.Id, new TaskCommand.BeginGoal(), cancellation: Token);
        var first = await TaskAsync("Discounts", goal: goal.Id);
        var second = await TaskAsync("Receipt", goal: goal.Id, dependsOn: first.Id);
        var task = await ClaimedAsync(first);
        var session = await Sessions.OpenAsync(new(AgentRole.Worker, "code", task.Id) { AgentId = task.AssigneeId }, Token);
        await Sessions.AppendAsync(session.Id, 0, [NewEntry.Of("assistant", new { text = "", toolCalls = new[] { new { id = "1", name = "run_shell", arguments = "{\"command\":\"npm test\"}" } } })], Token);
        await Evidence.RecordAsync(new(task.Id, EvidenceKind.Test, Sha(1), false) { ExitCode = 1, Log = "long" }, Token);
        var question = await Messages.SendAsync(new(MessageType.Question, "Which way?") { TaskId = task.Id }, Token);

        var seen = (await Tasks.OverviewAsync(task.Id, Token)).ShouldNotBeNull();
        (seen.Goal!.Title, seen.RepositoryName, seen.AgentName).ShouldBe(("Promotions", "sample", seen.Sessions.ShouldHaveSingleItem().AgentName));
        seen.NeededBy.ShouldHaveSingleItem().Title.ShouldBe("Receipt");
        (seen.Now!.Tool, seen.Now.LastEntry).ShouldBe(("run_shell", "assistant"));
        seen.Evidence.ShouldHaveSingleItem().Log.ShouldBe("");
        seen.Questions.ShouldHaveSingleItem().Id.ShouldBe(question.Id);
        (await Tasks.OverviewAsync(second.Id, Token))!.DependsOn.ShouldHaveSingleItem().Id.ShouldBe(first.Id);

        (await Tasks.OverviewAsync(task.Id, Token))!.KeepFrom(seen).ShouldBeSameAs(seen, "nothing has changed");
        var before = seen;
        await Messages.AnswerAsync(question.Id, "Up.", cancellation: Token);
        await Tasks.DoAsync(task.Id, new TaskCommand.SendBack(1, "checks", "it fails"), cancellation: Token);
        seen = (await Tasks.OverviewAsync(task.Id, Token))!;
        seen.Questions.ShouldBeEmpty();
        var back = seen.SentBack.ShouldHaveSingleItem();
        (back.Attempt, back.Why).ShouldBe((1, "it fails"));
        var kept = seen.KeepFrom(before);
        kept.ShouldNotBe(before);
        (kept.Questions.Count, kept.SentBack.Count).ShouldBe((0, 1));
        kept.Evidence.ShouldBeSameAs(before.Evidence);

        (await Tasks.OverviewAsync(goal.Id, Token)).ShouldBeNull("a goal has a page of its own");
        (await Tasks.OverviewAsync(Guid.NewGuid(), Token)).ShouldBeNull();
    }

    [Fact]
    public async Task and_its_workflows_are_in_use_until_it_and_its_goal_have_ended()
    {
        await TeamAsync();
        var goal = await GoalAsync();
        var under = await TaskAsync("Under a goal", goal: goal.Id);
        var alone = await TaskAsync("Alone");
        foreach (var (task, instance) in ((Guid, string)[])[(goal.Id, "goal-run"), (under.Id, "under-run"), (alone.Id, "alone-run")]) (await Tasks.TakeUpAsync(task, instance, Token)).ShouldBeTrue();
        var worker = (await ClaimedAsync(alone)).AssigneeId;
        await Sessions.OpenAsync(new(AgentRole.Worker, "code", alone.Id) { AgentId = worker, WorkflowInstanceId = "alone-before" }, Token);
        string[] all = ["goal-run", "under-run", "alone-run", "alone-before", "nobodys"];
        (await Tasks.WorkflowsInUseAsync(all, Token)).Order().ShouldBe(["alone-before", "alone-run", "goal-run", "under-run"]);

        await Tasks.DoAsync(alone.Id, new TaskCommand.Block("It does not build."), cancellation: Token);
        (await Tasks.WorkflowsInUseAsync(all, Token)).ShouldBe(["alone-before", "goal-run", "under-run"], ignoreOrder: true, "it has let go of its workflow; its sessions are still to be looked at");
        await Tasks.CancelAsync(alone.Id, "no more", cancellation: Token);
        await Tasks.CancelAsync(under.Id, "no more", cancellation: Token);
        (await Tasks.WorkflowsInUseAsync(all, Token)).ShouldBe(["goal-run", "under-run"], ignoreOrder: true, "what is below a goal is looked at until the goal has ended");
        await Tasks.CancelAsync(goal.Id, "no more", cancellation: Token);
        (await Tasks.WorkflowsInUseAsync(all, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task and_its_messages_and_calls_are_read_from_the_newest_back()
    {
        await TeamAsync();
        var task = await ClaimedAsync(await TaskAsync());
        for (var i = 1; i <= 5; i++) await Messages.SendAsync(new(MessageType.Comment, $"word {i}") { TaskId = task.Id, Id = Guid.CreateVersion7() }, Token);
        var newest = await Messages.OfTaskAsync(task.Id, limit: 2, cancellation: Token);
        newest.Select(one => one.Message.Content).ShouldBe(["word 4", "word 5"]);
        (await Messages.OfTaskAsync(task.Id, newest[0].Message, 10, Token)).Select(one => one.Message.Content).ShouldBe(["word 1", "word 2", "word 3"]);
        newest.ShouldAllBe(one => one.ReachedAt == null);

        var session = await Sessions.OpenAsync(new(AgentRole.Worker, "code", task.Id) { AgentId = task.AssigneeId }, Token);
        await Sessions.TellAsync(session.Id, 0, NewEntry.Of("user", new { text = "words" }), (await Sessions.PlaceAsync(session.Id, Token)).Words, Token);
        (await Messages.OfTaskAsync(task.Id, cancellation: Token)).ShouldAllBe(one => one.ReachedAt != null);

        for (var i = 1; i <= 3; i++)
        {
            var call = ((ModelCallStart.Started)await Calls.StartAsync(new($"step:{i}", "demo", "model", "{}", 1) { SessionId = session.Id }, Token)).Call;
            await Calls.FinishAsync(call.Id, new("{}", 100, 10, 0.01m * i), cancellation: Token);
        }

        var calls = await Calls.OfTaskAsync(task.Id, limit: 2, cancellation: Token);
        calls.Select(call => call.StepKey).ShouldBe(["step:3", "step:2"]);
        (await Calls.OfTaskAsync(task.Id, calls[1], 2, Token)).ShouldHaveSingleItem().StepKey.ShouldBe("step:1");
        (await Calls.CostOfTaskAsync(task.Id, Token)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(step => step.CostUsd.ShouldBe(0.06m), step => (step.Purpose, step.Calls, step.InputTokens).ShouldBe(("code", 3, 300)));
    }

    [Fact]
    public async Task and_every_list_is_found_by_an_index()
    {
        await using var connection = await Database.OpenConnectionAsync(Token);
        await using (var off = new NpgsqlCommand("SET enable_seqscan = off", connection)) await off.ExecuteNonQueryAsync(Token);
        foreach (var sql in (string[])
        [
            "SELECT * FROM messages WHERE task_id = $1 AND (created_at, id) < (now(), $1) ORDER BY created_at DESC, id DESC LIMIT 50",
            "SELECT * FROM model_calls WHERE task_id = $1 AND (started_at, id) < (now(), $1) ORDER BY started_at DESC, id DESC LIMIT 50",
            "SELECT * FROM activities WHERE task_id = $1 ORDER BY position DESC LIMIT 500",
            "SELECT * FROM evidence WHERE task_id = $1 ORDER BY created_at DESC, id DESC LIMIT 100",
            "SELECT * FROM agent_sessions WHERE task_id = $1 ORDER BY started_at DESC, id DESC LIMIT 60",
            "SELECT * FROM task_dependencies WHERE depends_on_id = $1",
        ])
        {
            await using var explain = new NpgsqlCommand("EXPLAIN " + sql, connection) { Parameters = { new() { Value = Guid.Empty } } };
            await using var plan = await explain.ExecuteReaderAsync(Token);
            List<string> lines = [];
            while (await plan.ReadAsync(Token)) lines.Add(plan.GetString(0));
            string.Join('\n', lines).ShouldNotContain("Seq Scan", customMessage: sql);
        }
    }
}
