using AgentOS.Kernel.Tasks;

namespace AgentOS.Studio.Tasks;

/// <summary>What a person can do with a task.</summary>
internal enum TaskAction { Approve, Reject, HandBack, Retry, Stop, TakeOver, Reassign, Prioritise, Split, Cancel }

/// <summary>Which of it the kernel's rules allow now. Pure: the rules are asked, not told again.</summary>
internal static class TaskActions
{
    private static readonly SplitPart[] SomeParts = [new("a"), new("b")];

    public static IReadOnlyList<TaskAction> Of(AgentTask task) => [.. Enum.GetValues<TaskAction>().Where(action => Allows(task, action))];

    /// <summary>What lies at hand; the others are a step away.</summary>
    public static bool IsUsual(TaskAction action) => action is TaskAction.Approve or TaskAction.Reject or TaskAction.HandBack or TaskAction.Retry or TaskAction.Stop;

    public static string Label(TaskAction action) => action switch
    {
        TaskAction.HandBack => "Hand back",
        TaskAction.TakeOver => "Take over",
        TaskAction.Prioritise => "Priority",
        _ => action.ToString(),
    };

    private static bool Allows(AgentTask task, TaskAction action) => action switch
    {
        TaskAction.Approve or TaskAction.Reject => TaskRules.ReviewProblem(task, action == TaskAction.Approve, "because") is null,
        TaskAction.HandBack => Changes(task, new TaskCommand.HandBack("done")),
        TaskAction.Retry => Changes(task, new TaskCommand.Retry()),
        TaskAction.Stop => Changes(task, new TaskCommand.Stop("because")),
        TaskAction.TakeOver => Changes(task, new TaskCommand.TakeOver()),
        TaskAction.Reassign => Changes(task, new TaskCommand.Assign(Guid.Empty)),
        TaskAction.Split => TaskSplit.Problem(task, SomeParts) is null,
        TaskAction.Prioritise or TaskAction.Cancel => !task.HasEnded,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };

    private static bool Changes(AgentTask task, TaskCommand command) => TaskRules.Decide(task, command) is TaskDecision.Changed;
}
