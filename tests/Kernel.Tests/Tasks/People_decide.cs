using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Merging;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Tests.Tasks;

public sealed class People_decide : KernelTest
{
    [Fact]
    public async Task and_their_verdict_is_evidence_of_theirs_that_ends_the_judges_session()
    {
        var task = await InReviewAsync();
        var judging = await Sessions.OpenAsync(new(AgentRole.Reviewer, "review", task.Id, task.Attempt), Token);

        var verdict = await Tasks.ReviewAsync(task.Id, approved: true, "good enough", Token);

        (verdict.ByPerson, verdict.Passed, verdict.Kind, verdict.CommitSha, verdict.SessionId).ShouldBe((true, true, EvidenceKind.Verdict, Sha(1), null));
        var session = await Sessions.GetAsync(judging.Id, Token);
        (session.Status, session.Outcome, session.Summary).ShouldBe((SessionStatus.Stopped, "approved", "good enough"));
        (await Agents.FindAsync(judging.AgentId, Token))!.Status.ShouldBe(AgentStatus.Idle);
        (await EventsAsync(task.Id)).ShouldContain("task.approved");
        (await Tasks.ReviewAsync(task.Id, approved: true, "good enough", Token)).Id.ShouldBe(verdict.Id, "said twice, it stands once");
    }

    [Fact]
    public async Task and_a_rejection_takes_the_commit_out_of_the_queue_and_answers_the_open_question()
    {
        var task = await InReviewAsync();
        var merge = await Merges.EnqueueAsync(task.Id, Sha(1), Token);
        var question = await Messages.SendAsync(new(MessageType.Question, "May it be merged?") { TaskId = task.Id, StepKey = $"approval:{task.Id}:{Sha(1)}" }, Token);

        await Tasks.ReviewAsync(task.Id, approved: false, "the name is wrong", Token);

        (await Merges.ListAsync(taskId: task.Id, cancellation: Token)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(left => left.Id.ShouldBe(merge.Id), left => left.State.ShouldBe(MergeState.Cancelled));
        (await Messages.AnswerToAsync(question.Id, Token))!.Content.ShouldBe("the name is wrong");
        (await Evidence.PersonVerdictAsync(task.Id, Sha(1), Token))!.Passed.ShouldBeFalse();
    }

    [Fact]
    public async Task and_what_they_rejected_does_not_land_whatever_a_judge_says()
    {
        await TeamAsync();
        var task = await ApprovedAsync(await TaskAsync(), Sha(1));
        await Tasks.ReviewAsync(task.Id, approved: false, "no", Token);
        await Merges.EnqueueAsync(task.Id, Sha(1), Token); // by a workflow that looked just before
        var batch = (await Merges.TakeBatchAsync(task.RepositoryId!.Value, "me", cancellation: Token)).ShouldBeOfType<BatchClaim.Taken>().Batch;
        await Merges.RecordTestAsync(batch.Id, "me", new(Sha(8), Sha(9), Sha(7), true, 0, "test", "green", TimeSpan.FromSeconds(1)), Token);

        (await Merges.BeginLandingAsync(batch.Id, "me", cancellation: Token)).ShouldBeFalse();

        await Tasks.ReviewAsync(task.Id, approved: true, "on second thought", Token);
        var again = (await Merges.TakeBatchAsync(task.RepositoryId!.Value, "me", cancellation: Token)).ShouldBeOfType<BatchClaim.Taken>().Batch;
        await Merges.RecordTestAsync(again.Id, "me", new(Sha(8), Sha(9), Sha(7), true, 0, "test", "green", TimeSpan.FromSeconds(1)), Token);
        (await Merges.BeginLandingAsync(again.Id, "me", cancellation: Token)).ShouldBeTrue("the last word counts");
        (await Should.ThrowAsync<RefusedException>(() => Tasks.ReviewAsync(task.Id, approved: false, "no after all", Token))).Message.ShouldContain("landing");
    }

    [Fact]
    public async Task about_tasks_that_are_in_review_only()
    {
        await TeamAsync();
        var task = await ClaimedAsync(await TaskAsync());
        (await Should.ThrowAsync<RefusedException>(() => Tasks.ReviewAsync(task.Id, true, "", Token))).Message.ShouldContain("in_progress");
    }

    [Fact]
    public async Task to_stop_a_goal_with_all_below_it_until_it_is_retried()
    {
        await TeamAsync();
        var goal = await GoalAsync();
        var running = await ClaimedAsync(await TaskAsync("Runs", goal: goal.Id));
        var waiting = await TaskAsync("Waits", goal: goal.Id, dependsOn: running.Id);
        await Tasks.TakeUpAsync(running.Id, "workflow", Token);

        (await Tasks.StopAsync(goal.Id, "not now", Token)).Select(task => task.Id).ShouldBe([goal.Id, running.Id, waiting.Id], ignoreOrder: true);

        var stopped = await Tasks.GetAsync(running.Id, Token);
        (stopped.Status, stopped.Hold, stopped.Error, stopped.WorkflowInstanceId).ShouldBe((TaskState.Blocked, TaskHold.Stopped, "not now", "workflow"), "who cancels the workflow finds it in the task");
        (await Agents.ListAsync(AgentRole.Worker, Token)).ShouldAllBe(worker => worker.CurrentTaskId == null);
        (await Tasks.ListAsync(new() { OnlyHeld = true }, Token)).Count.ShouldBe(3);

        await Tasks.RetryAsync(goal.Id, cancellation: Token);
        (await Tasks.TreeAsync(goal.Id, Token)).ShouldAllBe(task => task.Status == TaskState.Inbox && task.Hold == null && task.WorkflowInstanceId == null);
        (await Tasks.GetAsync(running.Id, Token)).FormerInstanceId.ShouldBe("workflow", "until it has ended, no other begins");
    }

    [Fact]
    public async Task to_stop_all_or_nothing()
    {
        await TeamAsync();
        var goal = await GoalAsync();
        var landing = await ApprovedAsync(await TaskAsync("Lands", goal: goal.Id), Sha(1));
        await Merges.EnqueueAsync(landing.Id, Sha(1), Token);
        var batch = (await Merges.TakeBatchAsync(landing.RepositoryId!.Value, "me", cancellation: Token)).ShouldBeOfType<BatchClaim.Taken>().Batch;
        await Merges.RecordTestAsync(batch.Id, "me", new(Sha(8), Sha(9), Sha(7), true, 0, "test", "green", TimeSpan.FromSeconds(1)), Token);
        await Merges.BeginLandingAsync(batch.Id, "me", cancellation: Token);

        (await Should.ThrowAsync<RefusedException>(() => Tasks.StopAsync(goal.Id, "not now", Token))).Message.ShouldContain("landing");

        (await Tasks.GetAsync(goal.Id, Token)).Status.ShouldBe(TaskState.InProgress);
    }

    [Fact]
    public async Task to_give_what_is_in_progress_to_another_whose_workflow_begins_when_the_one_before_has_ended()
    {
        await TeamAsync(workers: 2);
        var goal = await GoalAsync();
        var task = await ClaimedAsync(await TaskAsync(goal: goal.Id));
        await Tasks.TakeUpAsync(task.Id, "first", Token);
        var session = await Sessions.OpenAsync(new(AgentRole.Worker, "code", task.Id) { AgentId = task.AssigneeId }, Token);
        var other = (await Agents.ListAsync(AgentRole.Worker, Token)).Single(worker => worker.Id != task.AssigneeId);

        var given = (await Tasks.DoAsync(task.Id, new TaskCommand.Assign(other.Id), cancellation: Token)).Task;

        (given.Status, given.AssigneeId, given.Attempt, given.WorkflowInstanceId, given.FormerInstanceId).ShouldBe((TaskState.Assigned, other.Id, 2, null, "first"));
        (await Sessions.GetAsync(session.Id, Token)).ShouldSatisfyAllConditions(ended => ended.Status.ShouldBe(SessionStatus.Stopped), ended => ended.Outcome.ShouldBe("reassigned"));
        (await Tasks.LeavingAsync(Token)).ShouldHaveSingleItem().Id.ShouldBe(task.Id, "who ends the workflow finds it, also after a crash");
        (await Tasks.DoAsync(task.Id, new TaskCommand.Assign(other.Id), cancellation: Token)).Changed.ShouldBeFalse();
        (await Agents.ClaimWorkerAsync(task.Id, "first", Token)).ShouldBe(new WorkerClaim.Closed("lost"), "the one before gets no worker any more");
        await Tasks.DoAsync(task.Id, new TaskCommand.Block("cannot", "first"), cancellation: Token);
        await Tasks.DoAsync(task.Id, new TaskCommand.TakeBack("gone", "first"), cancellation: Token);
        (await Tasks.GetAsync(task.Id, Token)).Status.ShouldBe(TaskState.Assigned, "it has no say any more");
        (await Tasks.TakeUpAsync(task.Id, "second", Token)).ShouldBeFalse();
        (await Tasks.ReadyAsync(goal.Id, Token)).ShouldBeEmpty();
        (await Tasks.ProgressAsync(goal.Id, Token)).Ready.ShouldBe(0);

        await Tasks.LeftAsync(task.Id, "first", Token);

        (await Tasks.ReadyAsync(goal.Id, Token)).ShouldHaveSingleItem();
        (await Tasks.TakeUpAsync(task.Id, "second", Token)).ShouldBeTrue();
        (await Agents.ClaimWorkerAsync(task.Id, "second", Token)).ShouldBeOfType<WorkerClaim.Claimed>().Worker.Id.ShouldBe(other.Id);
    }

    [Fact]
    public async Task to_name_another_planner_for_a_goal_whose_workflow_goes_on()
    {
        await TeamAsync();
        var goal = await GoalAsync();
        await Tasks.TakeUpAsync(goal.Id, "workflow", Token);
        var planner = await Agents.CreateAsync("second planner", AgentRole.Orchestrator, "model", cancellation: Token);

        var given = (await Tasks.DoAsync(goal.Id, new TaskCommand.Assign(planner.Id), cancellation: Token)).Task;

        (given.Status, given.AssigneeId, given.WorkflowInstanceId).ShouldBe((TaskState.InProgress, planner.Id, "workflow"));
    }

    [Fact]
    public async Task and_a_goal_waits_for_what_a_person_stopped_below_it()
    {
        await TeamAsync();
        var goal = await GoalAsync();
        var held = await ClaimedAsync(await TaskAsync("Held", goal: goal.Id));
        await TaskAsync("After it", goal: goal.Id, dependsOn: held.Id);

        await Tasks.DoAsync(held.Id, new TaskCommand.Stop("wait"), cancellation: Token);
        (await Tasks.ProgressAsync(goal.Id, Token)).ShouldSatisfyAllConditions(progress => progress.IsStill.ShouldBeFalse(), progress => progress.Blocked.ShouldBe(0));

        await Tasks.CancelAsync(held.Id, "no more", cancellation: Token);
        (await Tasks.ProgressAsync(goal.Id, Token)).IsStill.ShouldBeTrue();
        (await Tasks.GetAsync(held.Id, Token)).Hold.ShouldBeNull("the database ends a hold with the block");
    }

    private async Task<AgentTask> InReviewAsync()
    {
        await TeamAsync();
        var task = await ClaimedAsync(await TaskAsync());
        return (await Tasks.DoAsync(task.Id, new TaskCommand.Submit(Sha(1)), cancellation: Token)).Task;
    }
}
