using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Studio.Tasks;

/// <summary>One attempt at a task: who worked on it, what the checks and the judges said, and why it went back.</summary>
public sealed record Round(int Attempt, IReadOnlyList<TaskSession> Sessions, IReadOnlyList<EvidenceEntry> Evidence, IReadOnlyList<SentBack> SentBack)
{
    /// <summary>Of the attempt's sessions: the workflow whose steps they were.</summary>
    public string? WorkflowInstance => Sessions.Select(session => session.Session.WorkflowInstanceId).LastOrDefault(instance => instance is not null);

    /// <summary>The newest attempt first.</summary>
    public static IReadOnlyList<Round> Of(TaskOverview task) =>
    [
        .. task.Sessions.Select(session => session.Session.Attempt).Concat(task.Evidence.Select(evidence => evidence.Attempt)).Concat(task.SentBack.Select(back => back.Attempt))
            .Append(task.Task.Attempt).Distinct().OrderDescending().Select(attempt => new Round(attempt,
                [.. task.Sessions.Where(session => session.Session.Attempt == attempt)],
                [.. task.Evidence.Where(evidence => evidence.Attempt == attempt)],
                [.. task.SentBack.Where(back => back.Attempt == attempt)])),
    ];
}
