namespace AgentOS.Kernel.Tasks;

/// <summary>One of the tasks that a task is split into.</summary>
public sealed record SplitPart(string Title, string? Description = null);

/// <summary>Splitting a task. Pure.</summary>
public static class TaskSplit
{
    public const int Most = 20;

    /// <summary>Why it cannot be split like that; null when it can.</summary>
    public static string? Problem(AgentTask task, IReadOnlyList<SplitPart> parts) => task switch
    {
        { Kind: TaskKind.Goal } => $"'{task.Title}' is a goal: its planner splits it. Give it more tasks instead: agentos task create … --goal {task.Id}",
        { HasEnded: true } or { Status: TaskState.Review } => $"'{task.Title}' is {Database.Words.Word(task.Status)}: there is nothing to split any more. Make new tasks: agentos task create",
        { Hold: TaskHold.TakenOver } => $"A person has taken over '{task.Title}'. Hand it back or cancel it first.",
        _ when parts.Count is < 2 or > Most => $"A task is split into 2 to {Most} tasks; {parts.Count} were given.",
        _ when parts.Any(part => string.IsNullOrWhiteSpace(part.Title)) => "Each part needs a title.",
        _ => null,
    };

    /// <summary>The parts as tasks: of the same goal, repository and urgency, one after the other when they are <paramref name="inOrder"/>, each after what the task came after.</summary>
    public static IReadOnlyList<NewTask> Parts(AgentTask task, IReadOnlyList<SplitPart> parts, IReadOnlyList<Guid> dependsOn, bool inOrder)
    {
        var made = new List<NewTask>();
        foreach (var part in parts)
            made.Add(new(part.Title.Trim())
            {
                Description = part.Description ?? $"A part of '{task.Title}': {task.Description}",
                Priority = task.Priority, RepositoryId = task.RepositoryId, ParentTaskId = task.ParentTaskId, CreatedBy = task.CreatedBy,
                MaxAttempts = Math.Max(3, task.MaxAttempts - task.Attempt + 1), Files = task.Files,
                DependsOn = inOrder && made.Count > 0 ? [.. dependsOn, made[^1].Id] : dependsOn,
            });
        return made;
    }
}
