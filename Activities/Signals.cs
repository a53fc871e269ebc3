using Elsa.Workflows.Runtime;

namespace AgentOS.Activities;

/// <summary>
/// What workflows wait for. A signal is a hint that something changed: whoever wakes looks again and, if it was nothing, waits on.
/// Signals are Elsa events, so one that is sent before its listener waits is kept for it.
/// </summary>
public sealed class Signals(IEventPublisher events)
{
    /// <summary>A worker may be free for the task (correlation: task).</summary>
    public const string WorkerFree = "agentos.worker-free";

    /// <summary>A task of the goal has ended (correlation: goal).</summary>
    public const string TaskEnded = "agentos.task-ended";

    /// <summary>The merge queue has decided about the task (correlation: task).</summary>
    public const string MergeDecided = "agentos.merge-decided";

    /// <summary>A person has answered or decided (correlation: task).</summary>
    public const string Answered = "agentos.answered";

    public Task SendAsync(string signal, Guid correlation, CancellationToken cancellation = default) =>
        events.PublishAsync(signal, Correlation(correlation), asynchronous: true, cancellationToken: cancellation);

    /// <summary>The correlation id of a task's or goal's workflow instance.</summary>
    public static string Correlation(Guid id) => id.ToString();
}
