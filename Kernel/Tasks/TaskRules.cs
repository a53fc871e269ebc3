using AgentOS.Kernel.Database;
using static AgentOS.Kernel.Tasks.TaskCommand;
using static AgentOS.Kernel.Tasks.TaskDecision;
using static AgentOS.Kernel.Tasks.TaskState;

namespace AgentOS.Kernel.Tasks;

/// <summary>
/// The life of a task. Pure; the database holds the same graph once more against whoever does not ask here.
/// <code>
/// inbox ⇄ assigned → in_progress → review → done
///   ↑        ↑            ↑ ↓         ↓
///   └────────┴── blocked ←┴─┴─────────┘       cancelled: from everywhere but done
/// </code>
/// </summary>
public static class TaskRules
{
    public static TaskDecision Decide(AgentTask task, TaskCommand command) => command switch
    {
        Assign(var agent) => task switch
        {
            { Status: Assigned } when task.AssigneeId == agent => new Unchanged(),
            { Status: Inbox or Assigned } => new Changed(task with { Status = Assigned, AssigneeId = agent }, "assigned", "Assigned"),
            { Status: InProgress } => new Changed(task with { Status = Assigned, AssigneeId = agent, WorkflowInstanceId = null }, "reassigned", "Given to another", FreesWorker: true, DropsMerge: true),
            { Status: Blocked } => Again(task with { AssigneeId = agent }, Assigned, 3, "assigned"),
            _ => No(task, "be assigned"),
        },
        Unassign => task switch
        {
            { Status: Inbox, AssigneeId: null } => new Unchanged(),
            { Status: Inbox or Assigned } => new Changed(task with { Status = Inbox, AssigneeId = null }, "unassigned", "Anyone may take it"),
            _ => No(task, "be unassigned"),
        },
        BeginGoal(var planner) => task switch
        {
            { Kind: TaskKind.Code } => new Refused($"'{task.Title}' is a task: it begins when a worker claims it."),
            { Status: InProgress } => new Unchanged(),
            { Status: Inbox or Assigned } => new Changed(task with { Status = InProgress, AssigneeId = planner ?? task.AssigneeId }, "started", $"Planning '{task.Title}'"),
            _ => No(task, "begin"),
        },
        Prepare(var branch, var sha) => task switch
        {
            { Status: InProgress } when task.BranchName == branch && task.BaseSha == sha => new Unchanged(),
            { Status: InProgress } => new Changed(task with { BranchName = branch, BaseSha = sha }, "prepared", $"Branch {branch} from {sha[..Math.Min(sha.Length, 8)]}"),
            _ => No(task, "get a workspace"),
        },
        Submit(var head, var result) => task switch
        {
            { Status: Review } when task.HeadSha == head => new Unchanged(),
            { Status: InProgress } => new Changed(task with { Status = Review, HeadSha = head, Result = result ?? task.Result, Error = null }, "submitted", $"'{task.Title}' is ready for review", FreesWorker: true),
            _ => No(task, "go into review"),
        },
        SendBack(var attempt, var reason, var feedback) => task switch
        {
            _ when task.Attempt == attempt + 1 || (task.Status == Blocked && task.Attempt == attempt) => new Unchanged(),
            _ when task.Attempt != attempt => new Refused($"'{task.Title}' is in attempt {task.Attempt}, not {attempt}."),
            { Status: InProgress or Review } when task.Attempt < task.MaxAttempts =>
                new Changed(task with { Status = InProgress, Attempt = attempt + 1, Error = feedback }, "sent_back", $"'{task.Title}' goes back ({reason}), attempt {attempt + 1} of {task.MaxAttempts}", DropsMerge: true),
            { Status: InProgress or Review } =>
                new Changed(task with { Status = Blocked, Error = feedback, WorkflowInstanceId = null }, "blocked", $"'{task.Title}' is blocked after {attempt} attempts ({reason})", FreesWorker: true, DropsMerge: true),
            _ => No(task, "be sent back"),
        },
        Block(var reason) => task switch
        {
            { Status: Blocked } => new Unchanged(),
            { HasEnded: true } => No(task, "be blocked"),
            _ => new Changed(task with { Status = Blocked, Error = reason, WorkflowInstanceId = null }, "blocked", $"'{task.Title}' is blocked: {reason}", FreesWorker: true, DropsMerge: true),
        },
        CompleteGoal(var result) => task switch
        {
            { Kind: TaskKind.Code } => new Refused($"'{task.Title}' is a task: it is done when its merge has landed."),
            { Status: Done } => new Unchanged(),
            { Status: InProgress or Review } => new Changed(task with { Status = Done, Result = result ?? task.Result, Error = null }, "done", $"Goal '{task.Title}' is reached"),
            _ => No(task, "be done"),
        },
        Retry(var more) => task switch
        {
            { Status: Inbox or Assigned } => new Unchanged(),
            { Status: Blocked } => Again(task, task.AssigneeId is null || task.Kind == TaskKind.Code ? Inbox : Assigned, more, "retried"),
            _ => No(task, "be retried"),
        },
        TakeBack(var reason) => task switch
        {
            { Status: Inbox, WorkflowInstanceId: null } => new Unchanged(),
            { Status: Inbox or InProgress } => new Changed(task with { Status = Inbox, AssigneeId = null, WorkflowInstanceId = null }, "taken_back", $"'{task.Title}' is taken back: {reason}", FreesWorker: true, DropsMerge: true),
            { Status: Assigned } => new Changed(task with { WorkflowInstanceId = null }, "taken_back", $"'{task.Title}' is taken back: {reason}"),
            _ => No(task, "be taken back"),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, null),
    };

    private static Changed Again(AgentTask task, TaskState status, int more, string @event) =>
        new(task with { Status = status, Attempt = task.Attempt + 1, MaxAttempts = Math.Max(task.MaxAttempts, task.Attempt + Math.Max(more, 1)), WorkflowInstanceId = null },
            @event, $"'{task.Title}' gets another chance, attempt {task.Attempt + 1}");

    private static Refused No(AgentTask task, string what) =>
        new($"{(task.Kind == TaskKind.Goal ? "Goal" : "Task")} {task.Id} ('{task.Title}') is {task.Status.Word()} and cannot {what}.");
}
