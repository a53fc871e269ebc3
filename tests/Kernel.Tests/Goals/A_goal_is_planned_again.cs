using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Goals;

public sealed class A_goal_is_planned_again : KernelTest
{
    [Fact]
    public async Task by_a_person_whose_note_is_what_the_planner_begins_with()
    {
        await TeamAsync();
        var goal = await GoalAsync();
        await Tasks.TakeUpAsync(goal.Id, "workflow", Token);
        var planning = await Sessions.OpenAsync(new(AgentRole.Orchestrator, "plan", goal.Id, goal.Attempt), Token);
        var question = await Messages.SendAsync(new(MessageType.Question, "Which one?") { TaskId = goal.Id, SessionId = planning.Id, FromAgentId = planning.AgentId, StepKey = $"{planning.Id}:3" }, Token);
        (await Tasks.ProgressAsync(goal.Id, Token)).IsReplanned.ShouldBeFalse();

        var planned = await Tasks.ReplanAsync(goal.Id, "smaller tasks", dropWaiting: false, Token);

        (planned.Status, planned.Attempt, planned.WorkflowInstanceId).ShouldBe((TaskState.InProgress, 2, "workflow"), "its workflow goes on");
        planned.Error.ShouldBe("A person wants another plan: smaller tasks");
        (await Tasks.ProgressAsync(goal.Id, Token)).IsReplanned.ShouldBeTrue();
        var ended = await Sessions.GetAsync(planning.Id, Token);
        (ended.Status, ended.Outcome).ShouldBe((SessionStatus.Stopped, "replanned"));
        (await Agents.FindAsync(planning.AgentId, Token))!.Status.ShouldBe(AgentStatus.Idle);
        (await Messages.AnswerToAsync(question.Id, Token))!.Content.ShouldContain("smaller tasks");
        (await EventsAsync(goal.Id)).ShouldContain("goal.replanned");
        (await Tasks.ReplanAsync(goal.Id, "smaller tasks", dropWaiting: false, Token)).Attempt.ShouldBe(2, "asked twice, it is one plan");
    }

    [Fact]
    public async Task and_what_has_not_begun_is_dropped_where_they_want_it_so()
    {
        await TeamAsync();
        var goal = await GoalAsync();
        var runs = await ClaimedAsync(await TaskAsync("Runs", goal: goal.Id));
        var waits = await TaskAsync("Waits", goal: goal.Id, dependsOn: runs.Id);
        var part = await Tasks.CreateAsync(new("Part", TaskKind.Goal) { ParentTaskId = goal.Id, RepositoryId = goal.RepositoryId }, Token);
        var below = await TaskAsync("Below", goal: part.Id);

        await Tasks.ReplanAsync(goal.Id, "without the part", dropWaiting: true, Token);

        foreach (var dropped in (Guid[])[waits.Id, part.Id, below.Id]) (await Tasks.GetAsync(dropped, Token)).Status.ShouldBe(TaskState.Cancelled);
        (await Tasks.GetAsync(runs.Id, Token)).Status.ShouldBe(TaskState.InProgress);
    }

    [Fact]
    public async Task and_one_that_was_stopped_goes_on_with_the_new_plan()
    {
        await TeamAsync();
        var goal = await GoalAsync();
        var task = await TaskAsync("Task", goal: goal.Id);
        await Tasks.StopAsync(goal.Id, "not like this", Token);

        var planned = await Tasks.ReplanAsync(goal.Id, "like that", dropWaiting: false, Token);

        (planned.Status, planned.Hold, planned.WorkflowInstanceId, planned.Attempt).ShouldBe((TaskState.Inbox, null, null, 2));
        (await Tasks.GetAsync(task.Id, Token)).Status.ShouldBe(TaskState.Inbox);
    }

    [Fact]
    public async Task and_what_was_stopped_below_it_goes_on_all_or_nothing()
    {
        await TeamAsync();
        var goal = await GoalAsync();
        var task = await TaskAsync("Task", goal: goal.Id);
        await Tasks.StopAsync(task.Id, "wait", Token);
        await SqlAsync("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the server dies here'; END $$; CREATE TRIGGER zz BEFORE UPDATE ON tasks FOR EACH ROW WHEN (NEW.status = 'inbox') EXECUTE FUNCTION no()");
        await Should.ThrowAsync<Npgsql.PostgresException>(() => Tasks.ReplanAsync(goal.Id, "smaller", dropWaiting: false, Token));
        (await Tasks.GetAsync(goal.Id, Token)).Attempt.ShouldBe(1);
        await SqlAsync("DROP TRIGGER zz ON tasks");

        await Tasks.ReplanAsync(goal.Id, "smaller", dropWaiting: false, Token);

        (await Tasks.GetAsync(task.Id, Token)).Status.ShouldBe(TaskState.Inbox);
    }

    [Fact]
    public async Task but_not_without_a_note_nor_when_it_has_ended_nor_when_it_is_a_task()
    {
        await TeamAsync();
        var goal = await GoalAsync();
        (await Should.ThrowAsync<RefusedException>(() => Tasks.ReplanAsync(goal.Id, " ", false, Token))).Message.ShouldContain("note");
        (await Should.ThrowAsync<RefusedException>(async () => await Tasks.ReplanAsync((await TaskAsync()).Id, "x", false, Token))).Message.ShouldContain("goals are planned");
        await Tasks.DoAsync(goal.Id, new TaskCommand.CompleteGoal("reached", goal.Attempt + 1), cancellation: Token);
        (await Tasks.GetAsync(goal.Id, Token)).Status.ShouldBe(TaskState.InProgress, "it was another plan that was judged");
        await Tasks.DoAsync(goal.Id, new TaskCommand.CompleteGoal("reached", goal.Attempt), cancellation: Token);
        (await Should.ThrowAsync<RefusedException>(() => Tasks.ReplanAsync(goal.Id, "x", false, Token))).Message.ShouldContain("done");
    }

    [Fact]
    public async Task and_its_budget_is_changed_and_taken_away()
    {
        var goal = await GoalAsync(budget: 1);
        (await Tasks.SetBudgetAsync(goal.Id, 5, Token)).BudgetUsd.ShouldBe(5);
        (await Tasks.SetBudgetAsync(goal.Id, null, Token)).BudgetUsd.ShouldBeNull();
        await Tasks.CancelAsync(goal.Id, "no", cancellation: Token);
        await Should.ThrowAsync<RefusedException>(() => Tasks.SetBudgetAsync(goal.Id, 1, Token));
    }
}
