using AgentOS.Kernel.Tasks;

namespace AgentOS.Studio.Board;

internal static class BoardText
{
    public static string Name(TaskState state) => state switch { TaskState.InProgress => "In progress", _ => state.ToString() };
}
