using AgentOS.Kernel.Tasks;
using static AgentOS.Kernel.Tasks.TaskCommand;
using static AgentOS.Kernel.Tasks.TaskState;

namespace AgentOS.Kernel.Tests.Tasks;

public sealed class Task_rules
{
    private static readonly Guid Someone = Guid.CreateVersion7();
    private static readonly string Head = new('a', 40);

    private static readonly Dictionary<string, TaskCommand> Commands = new()
    {
        ["assign"] = new Assign(Someone), ["unassign"] = new Unassign(), ["begin"] = new BeginGoal(), ["prepare"] = new Prepare("branch", Head), ["submit"] = new Submit(Head),
        ["send back"] = new SendBack(2, "checks", "broken"), ["block"] = new Block("stuck"), ["complete"] = new CompleteGoal("reached"), ["retry"] = new Retry(), ["take back"] = new TakeBack("silent"),
        ["stop"] = new Stop("enough"), ["take over"] = new TakeOver(), ["hand back"] = new HandBack("did it"), ["keep"] = new Keep(Head), ["replan"] = new Replan("smaller"),
    };

    /// <summary>State → where each command leads; '-' is refused, '=' is so already.</summary>
    [Theory]
    //                                      assign      unassign begin    prepare        submit    send back      block      complete retry    take back   stop       take over  hand back  keep  replan
    [InlineData(TaskKind.Code, Inbox,      "assigned", "=",     "-",     "-",           "-",      "-",           "blocked", "-",     "=",     "=", "blocked", "-", "-", "-", "-")]
    [InlineData(TaskKind.Code, Assigned,   "assigned", "inbox", "-",     "-",           "-",      "-",           "blocked", "-",     "=",     "assigned", "blocked", "-", "-", "-", "-")]
    [InlineData(TaskKind.Code, InProgress, "assigned", "-",     "-",     "in_progress", "review", "in_progress", "blocked", "-",     "-",     "inbox", "blocked", "blocked", "-", "in_progress", "-")]
    [InlineData(TaskKind.Code, Review,     "-",        "-",     "-",     "-",           "review", "in_progress", "blocked", "-",     "-",     "-", "blocked", "blocked", "-", "-", "-")]
    [InlineData(TaskKind.Code, Blocked,    "assigned", "-",     "-",     "-",           "-",      "=",           "=",       "-",     "inbox", "-", "blocked", "blocked", "-", "-", "-")]
    [InlineData(TaskKind.Code, Done,       "-",        "-",     "-",     "-",           "-",      "-",           "-",       "-",     "-",     "-", "-", "-", "-", "-", "-")]
    [InlineData(TaskKind.Code, Cancelled,  "-",        "-",     "-",     "-",           "-",      "-",           "-",       "-",     "-",     "-", "-", "-", "-", "-", "-")]
    [InlineData(TaskKind.Goal, Inbox,      "assigned", "=",     "in_progress", "-",     "-",      "-",           "blocked", "-",     "=",     "=", "blocked", "-", "-", "-", "inbox")]
    [InlineData(TaskKind.Goal, InProgress, "in_progress", "-",     "=",     "in_progress", "review", "in_progress", "blocked", "done",  "-",     "inbox", "blocked", "-", "-", "in_progress", "in_progress")]
    [InlineData(TaskKind.Goal, Review,     "-",        "-",     "-",     "-",           "review", "in_progress", "blocked", "done",  "-",     "-", "blocked", "-", "-", "-", "review")]
    [InlineData(TaskKind.Goal, Done,       "-",        "-",     "-",     "-",           "-",      "-",           "-",       "=",     "-",     "-", "-", "-", "-", "-", "-")]
    public void lead_from_state_to_state(TaskKind kind, TaskState from, params string[] to)
    {
        foreach (var ((name, command), expected) in Commands.Zip(to))
        {
            if (from == Review && name == "submit") continue; // handing in another head twice is below
            var became = TaskRules.Decide(Sample(kind, from), command) switch
            {
                TaskDecision.Changed(var task, _, _, _, _) => task.Status.Word(),
                TaskDecision.Unchanged => "=",
                _ => "-",
            };
            became.ShouldBe(expected, $"{kind} {from}: {name}");
        }
    }

    [Fact]
    public void count_attempts_and_block_after_the_last()
    {
        var again = TaskRules.Decide(Sample(TaskKind.Code, Review), new SendBack(2, "verdict", "not yet")).ShouldBeOfType<TaskDecision.Changed>();
        (again.Task.Attempt, again.Task.Error, again.FreesWorker, again.DropsMerge).ShouldBe((3, "not yet", false, true));
        var last = TaskRules.Decide(again.Task with { Status = Review }, new SendBack(3, "verdict", "still not")).ShouldBeOfType<TaskDecision.Changed>();
        (last.Task.Status, last.Task.Error, last.Task.WorkflowInstanceId).ShouldBe((Blocked, "still not", null));
    }

    [Fact]
    public void count_the_same_rejection_once()
    {
        var rejection = new SendBack(2, "verdict", "not yet");
        var once = TaskRules.Decide(Sample(TaskKind.Code, Review), rejection).ShouldBeOfType<TaskDecision.Changed>().Task;
        TaskRules.Decide(once, rejection).ShouldBeOfType<TaskDecision.Unchanged>();
        TaskRules.Decide(once with { Attempt = 4, MaxAttempts = 9 }, rejection).ShouldBeOfType<TaskDecision.Refused>();
    }

    [Fact]
    public void give_a_retried_task_more_attempts()
    {
        var retried = TaskRules.Decide(Sample(TaskKind.Code, Blocked) with { Attempt = 3, MaxAttempts = 3 }, new Retry(2)).ShouldBeOfType<TaskDecision.Changed>().Task;
        (retried.Status, retried.Attempt, retried.MaxAttempts, retried.WorkflowInstanceId).ShouldBe((Inbox, 4, 5, null));
    }

    [Fact]
    public void take_the_same_work_twice_for_once_but_not_other_work()
    {
        var submitted = TaskRules.Decide(Sample(TaskKind.Code, InProgress), new Submit(Head)).ShouldBeOfType<TaskDecision.Changed>();
        submitted.FreesWorker.ShouldBeTrue();
        TaskRules.Decide(submitted.Task, new Submit(Head)).ShouldBeOfType<TaskDecision.Unchanged>();
        TaskRules.Decide(submitted.Task, new Submit(new('b', 40))).ShouldBeOfType<TaskDecision.Refused>();
    }

    [Fact]
    public void leave_what_a_person_took_over_to_the_person_until_it_is_handed_back()
    {
        var taken = TaskRules.Decide(Sample(TaskKind.Code, Review) with { HeadSha = Head }, new TakeOver()).ShouldBeOfType<TaskDecision.Changed>();
        (taken.Task.Status, taken.Task.Hold, taken.FreesWorker, taken.DropsMerge).ShouldBe((Blocked, TaskHold.TakenOver, true, true));
        foreach (var command in (TaskCommand[])[new Retry(), new Assign(Someone)]) TaskRules.Decide(taken.Task, command).ShouldBeOfType<TaskDecision.Refused>().Reason.ShouldContain("hand-back");
        TaskRules.Decide(taken.Task, new TakeOver()).ShouldBeOfType<TaskDecision.Unchanged>();
        TaskRules.Decide(taken.Task, new Stop("no")).ShouldBeOfType<TaskDecision.Unchanged>();

        var back = TaskRules.Decide(taken.Task, new HandBack("solved it")).ShouldBeOfType<TaskDecision.Changed>().Task;
        (back.Status, back.Hold, back.Attempt, back.PersonAttempt, back.HeadSha, back.Result).ShouldBe((Inbox, null, 3, 3, null, "solved it"));
        TaskRules.Decide(back, new HandBack("solved it")).ShouldBeOfType<TaskDecision.Unchanged>();
    }

    [Fact]
    public void give_nobody_a_workspace_that_is_not_there_yet() =>
        TaskRules.Decide(Sample(TaskKind.Code, InProgress) with { Workspace = null }, new TakeOver()).ShouldBeOfType<TaskDecision.Refused>().Reason.ShouldContain("no workspace yet");

    [Theory]
    [InlineData(Review, true, "", null)]
    [InlineData(Review, false, "wrong", null)]
    [InlineData(Review, false, " ", "needs to say")]
    [InlineData(InProgress, true, "", "in_progress")]
    [InlineData(Done, false, "wrong", "done")]
    public void take_a_persons_verdict_on_what_is_in_review(TaskState state, bool approved, string feedback, string? refusal)
    {
        var problem = TaskRules.ReviewProblem(Sample(TaskKind.Code, state) with { HeadSha = Head }, approved, feedback);
        if (refusal is null) problem.ShouldBeNull();
        else problem.ShouldNotBeNull().ShouldContain(refusal);
    }

    private static AgentTask Sample(TaskKind kind, TaskState state) => new(
        Guid.CreateVersion7(), kind, "Sample", null, state, 0, state == Assigned ? Guid.CreateVersion7() : null, null, null, null, null, null, null, 2, 3, null, null, null,
        state is Inbox or Blocked ? null : "instance", null, 0, 0, null, 0, [], null, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, null, Workspace: "/workspaces/sample");
}
