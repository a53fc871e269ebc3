using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Studio.Tasks;

/// <summary>Which activity of <c>Workflows/task.json</c> something comes from. A definition that a person changed may lack it: then its instance is shown without a choice.</summary>
internal static class WorkflowStep
{
    public static string? Of(EvidenceEntry evidence) => evidence switch
    {
        { ByPerson: true } => null,
        { Kind: EvidenceKind.Verdict } => "judge",
        { Kind: EvidenceKind.MergeTest } => "merge",
        _ => "checks",
    };

    public static string? Of(Session session) => session.Purpose switch { "code" => "ask", "review" => "judge", _ => null };

    /// <summary>Where it is now.</summary>
    public static string? Of(TaskState state) => state switch { TaskState.InProgress => "ask", TaskState.Review => "judge", TaskState.Done => "close", _ => null };

    public static string Address(string instance, string? step) => $"/studio/instances/{Uri.EscapeDataString(instance)}{(step is null ? "" : $"?step={Uri.EscapeDataString(step)}")}";
}
