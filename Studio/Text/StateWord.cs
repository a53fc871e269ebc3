using AgentOS.Kernel.Tasks;

namespace AgentOS.Studio.Text;

/// <summary>States as people read them.</summary>
internal static class StateWord
{
    public static string Of(TaskState state) => state switch
    {
        TaskState.InProgress => "In progress",
        var other => other.ToString(),
    };
}
