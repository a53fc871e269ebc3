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
    };

    /// <summary>State → where each command leads; '-' is refused, '=' is so already.</summary>
    [Theory]
    //                                      assign      unassign begin    prepare        submit    send back      block      complete retry    take back
    [InlineData(TaskKind.Code, Inbox,      "assigned", "=",     "-",     "-",           "-",      "-",           "blocked", "-",     "=",     "=")]
    [InlineData(TaskKind.Code, Assigned,   "assigned", "inbox", "-",     "-",           "-",      "-",           "blocked", "-",     "=",     "assigned")]
    [InlineData(TaskKind.Code, InProgress, "assigned", "-",     "-",     "in_progress", "review", "in_progress", "blocked", "-",     "-",     "inbox")]
    [InlineData(TaskKind.Code, Review,     "-",        "-",     "-",     "-",           "review", "in_progress", "blocked", "-",     "-",     "-")]
    [InlineData(TaskKind.Code, Blocked,    "assigned", "-",     "-",     "-",           "-",      "=",           "=",       "-",     "inbox", "-")]
    [InlineData(TaskKind.Code, Done,       "-",        "-",     "-",     "-",           "-",      "-",           "-",       "-",     "-",     "-")]
    [InlineData(TaskKind.Code, Cancelled,  "-",        "-",     "-",     "-",           "-",      "-",           "-",       "-",     "-",     "-")]
    [InlineData(TaskKind.Goal, Inbox,      "assigned", "=",     "in_progress", "-",     "-",      "-",           "blocked", "-",     "=",     "=")]
    [InlineData(TaskKind.Goal, InProgress, "assigned", "-",     "=",     "in_progress", "review", "in_progress", "blocked", "done",  "-",     "inbox")]
    [InlineData(TaskKind.Goal, Review,     "-",        "-",     "-",     "-",           "review", "in_progress", "blocked", "done",  "-",     "-")]
    [InlineData(TaskKind.Goal, Done,       "-",        "-",     "-",     "-",           "-",      "-",           "-",       "=",     "-",     "-")]
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

    private static AgentTask Sample(TaskKind kind, TaskState state) => new(
        Guid.CreateVersion7(), kind, "Sample", null, state, 0, state == Assigned ? Guid.CreateVersion7() : null, null, null, null, null, null, null, 2, 3, null, null, null,
        state is Inbox or Blocked ? null : "instance", null, 0, 0, null, 0, [], null, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, null);
}
