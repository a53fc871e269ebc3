namespace AgentOS.Kernel.Tasks;

/// <summary>What is needed to make a task. The caller gives the id: made twice, it is there once.</summary>
public sealed record NewTask(string Title, TaskKind Kind = TaskKind.Code)
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public string? Description { get; init; }
    public int Priority { get; init; }
    public Guid? RepositoryId { get; init; }
    public Guid? ParentTaskId { get; init; }
    public Guid? AssigneeId { get; init; }
    public Guid? CreatedBy { get; init; }
    public decimal? BudgetUsd { get; init; }
    public int MaxAttempts { get; init; } = 3;
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Of a goal: how many workers may be at it, and at all below it, at once.</summary>
    public int? Workers { get; init; }

    /// <summary>Role → model, for it and all below it.</summary>
    public IReadOnlyDictionary<string, string> Models { get; init; } = new Dictionary<string, string>();

    /// <summary>The workflow that makes it and goes on with it; null leaves it to be taken up.</summary>
    public string? WorkflowInstanceId { get; init; }

    /// <summary>Tasks of the same goal that come first.</summary>
    public IReadOnlyList<Guid> DependsOn { get; init; } = [];
}

/// <summary>A task of a planner's batch. Keys hold within the goal.</summary>
public sealed record PlanItem(string Key, string Title, string? Description, TaskKind Kind = TaskKind.Code)
{
    public IReadOnlyList<string> DependsOn { get; init; } = [];
    public int Priority { get; init; }
    public IReadOnlyList<string> Files { get; init; } = [];
    public int MaxAttempts { get; init; } = 3;
}

/// <summary>Which tasks to list; what is left out does not limit.</summary>
public sealed record TaskFilter
{
    public TaskState? Status { get; init; }
    public TaskKind? Kind { get; init; }
    public Guid? ParentTaskId { get; init; }
    public Guid? RepositoryId { get; init; }
    public Guid? AssigneeId { get; init; }

    /// <summary>Only those without a goal above them.</summary>
    public bool OnlyTop { get; init; }

    /// <summary>Only those that a person stopped or took over.</summary>
    public bool OnlyHeld { get; init; }

    public int Limit { get; init; } = 500;
}

/// <summary>How far the tasks right below a goal are.</summary>
/// <param name="Open">With those that a person stopped or took over: the goal waits for what the person does.</param>
/// <param name="Ready">Could start now: dependencies done, no workflow yet.</param>
/// <param name="Stuck">Wait for one that is blocked or cancelled, or for another that is stuck.</param>
/// <param name="IsReplanned">There was no planning yet for a further attempt: a person wants another plan.</param>
public sealed record GoalProgress(int Total, int Open, int Done, int Blocked, int Cancelled, int Ready, int Stuck, bool IsReplanned = false)
{
    /// <summary>Nothing of it goes on by itself any more.</summary>
    public bool IsStill => Open == Stuck;
}
