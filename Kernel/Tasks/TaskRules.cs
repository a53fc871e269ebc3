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
        Assign or Retry when task.Hold == TaskHold.TakenOver => new Refused($"A person has taken over '{task.Title}'. Hand it back first: agentos task hand-back {task.Id}"),
        Assign(var agent) => task switch
        {
            { Status: Assigned } when task.AssigneeId == agent => new Unchanged(),
            { Status: Inbox or Assigned } => new Changed(task with { Status = Assigned, AssigneeId = agent }, "assigned", "Assigned"),
            { Status: InProgress } when task.AssigneeId == agent => new Unchanged(),
            // Planners are chosen session by session: who is named gets the next, and the goal's workflow goes on.
            { Status: InProgress, Kind: TaskKind.Goal } => new Changed(task with { AssigneeId = agent }, "reassigned", "Given to another"),
            { Status: InProgress } => new Changed(Left(task) with
            {
                Status = Assigned, AssigneeId = agent, Attempt = task.Attempt + 1, MaxAttempts = task.MaxAttempts + 1,
                Error = $"It was given to another worker in attempt {task.Attempt}. What was done until then is in the workspace: look at it (git_diff) first.{(task.Error is { } before ? $"\n\nWhat that attempt was to do better: {before}" : "")}",
            }, "reassigned", "Given to another", FreesWorker: true, DropsMerge: true),
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
        Prepare(var branch, var sha, var folder) => task switch
        {
            { Status: InProgress } when task.BranchName == branch && task.BaseSha == sha && task.Workspace == folder => new Unchanged(),
            { Status: InProgress } => new Changed(task with { BranchName = branch, BaseSha = sha, Workspace = folder }, "prepared", $"Branch {branch} from {sha[..Math.Min(sha.Length, 8)]}"),
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
        Block(var reason, var instance) => task switch
        {
            _ when instance is not null && instance != task.WorkflowInstanceId => new Unchanged(),
            { Status: Blocked } => new Unchanged(),
            { HasEnded: true } => No(task, "be blocked"),
            _ => new Changed(task with { Status = Blocked, Error = reason, WorkflowInstanceId = null }, "blocked", $"'{task.Title}' is blocked: {reason}", FreesWorker: true, DropsMerge: true),
        },
        Stop(var reason) => task switch
        {
            { Hold: not null } => new Unchanged(),
            { HasEnded: true } => No(task, "be stopped"),
            _ => Held(task, TaskHold.Stopped, reason, "stopped", $"A person stopped '{task.Title}': {reason}"),
        },
        TakeOver => task switch
        {
            { Hold: TaskHold.TakenOver } => new Unchanged(),
            { Kind: TaskKind.Goal } => new Refused($"'{task.Title}' is a goal: there is no workspace to take over. Take over one of its tasks."),
            { Status: InProgress or Review or Blocked, Workspace: null } => new Refused($"'{task.Title}' has no workspace yet. Wait until a worker has begun."),
            { Status: InProgress or Review or Blocked } => Held(task, TaskHold.TakenOver, "A person works on it.", "taken_over", $"A person takes over '{task.Title}'"),
            _ => No(task, "be taken over"),
        },
        HandBack(var summary) => task switch
        {
            { Hold: TaskHold.TakenOver } => Again(task with { PersonAttempt = task.Attempt + 1, HeadSha = null, Error = $"A person worked on it: {summary}", Result = summary }, Inbox, 3, "handed_back"),
            _ when task.PersonAttempt == task.Attempt => new Unchanged(),
            _ => new Refused($"'{task.Title}' was not taken over. Take it over first: agentos task take-over {task.Id}"),
        },
        Keep(var head) => task switch
        {
            { Status: InProgress } when task.HeadSha == head => new Unchanged(),
            { Status: InProgress } => new Changed(task with { HeadSha = head }, "kept", $"What a person did on '{task.Title}' is commit {head[..Math.Min(head.Length, 8)]}"),
            _ => No(task, "keep a person's work"),
        },
        CompleteGoal(var result, var attempt) => task switch
        {
            { Kind: TaskKind.Code } => new Refused($"'{task.Title}' is a task: it is done when its merge has landed."),
            { Status: Done } => new Unchanged(),
            _ when attempt is not null && attempt != task.Attempt => new Unchanged(),
            { Status: InProgress or Review } => new Changed(task with { Status = Done, Result = result ?? task.Result, Error = null }, "done", $"Goal '{task.Title}' is reached"),
            _ => No(task, "be done"),
        },
        Replan(var note) => task switch
        {
            { Kind: TaskKind.Code } => new Refused($"'{task.Title}' is a task: goals are planned. Reject it, say more about it, or have its goal planned again."),
            { HasEnded: true } => No(task, "be planned again"),
            { Status: Blocked } => Again(task with { Error = Wanted(note) }, task.AssigneeId is null ? Inbox : Assigned, 2, "replanned"),
            _ when task.Error == Wanted(note) => new Unchanged(),
            _ => new Changed(task with { Attempt = task.Attempt + 1, MaxAttempts = Math.Max(task.MaxAttempts, task.Attempt + 2), Error = Wanted(note) },
                "replanned", $"A person wants another plan for '{task.Title}': {note.Trim()}"),
        },
        Retry(var more) => task switch
        {
            { Status: Inbox or Assigned } => new Unchanged(),
            { Status: Blocked } => Again(task, task.AssigneeId is null || task.Kind == TaskKind.Code ? Inbox : Assigned, more, "retried"),
            _ => No(task, "be retried"),
        },
        TakeBack(var reason, var instance) => task switch
        {
            _ when instance is not null && instance != task.WorkflowInstanceId => new Unchanged(),
            { Status: Inbox, WorkflowInstanceId: null } => new Unchanged(),
            { Status: Inbox or InProgress } => new Changed(task with { Status = Inbox, AssigneeId = null, WorkflowInstanceId = null }, "taken_back", $"'{task.Title}' is taken back: {reason}", FreesWorker: true, DropsMerge: true),
            { Status: Assigned } => new Changed(task with { WorkflowInstanceId = null }, "taken_back", $"'{task.Title}' is taken back: {reason}"),
            _ => No(task, "be taken back"),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, null),
    };

    /// <summary>Why a person cannot give that verdict now; null when they can.</summary>
    public static string? ReviewProblem(AgentTask task, bool approved, string feedback) => task switch
    {
        { Kind: TaskKind.Goal } => $"'{task.Title}' is a goal. Approve or reject its tasks.",
        { Status: not Review } or { HeadSha: null } => No(task, approved ? "be approved: there is a verdict on what is in review" : "be rejected: there is a verdict on what is in review").Reason,
        _ when !approved && string.IsNullOrWhiteSpace(feedback) => "A rejection needs to say what is wrong, and what would be right.",
        _ => null,
    };

    private static Changed Again(AgentTask task, TaskState status, int more, string @event) =>
        new(Left(task) with { Status = status, Attempt = task.Attempt + 1, MaxAttempts = Math.Max(task.MaxAttempts, task.Attempt + Math.Max(more, 1)), Hold = null },
            @event, $"'{task.Title}' gets another chance, attempt {task.Attempt + 1}");

    // Its workflow may be in the middle of a step: whoever ends it (the doorbell, or after a crash a heartbeat) finds it here, and only then another begins.
    private static AgentTask Left(AgentTask task) => task with { WorkflowInstanceId = null, FormerInstanceId = task.WorkflowInstanceId ?? task.FormerInstanceId };

    private static string Wanted(string note) => $"A person wants another plan: {note.Trim()}";

    // It keeps its workflow: whoever cancels that (the doorbell, or after a crash a heartbeat) finds it here.
    private static Changed Held(AgentTask task, TaskHold hold, string error, string @event, string message) =>
        new(task with { Status = Blocked, Hold = hold, Error = error }, @event, message, FreesWorker: true, DropsMerge: true);

    private static Refused No(AgentTask task, string what) =>
        new($"{(task.Kind == TaskKind.Goal ? "Goal" : "Task")} {task.Id} ('{task.Title}') is {task.Status.Word()} and cannot {what}.");
}
