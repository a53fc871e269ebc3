using System.Globalization;
using System.Text;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Activities.Planning;

/// <summary>What became of a goal's tasks, as planners and judges are told.</summary>
internal static class GoalReport
{
    public static async Task<string> TasksAsync(TaskStore tasks, Guid goalId, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        foreach (var task in await tasks.ListAsync(new TaskFilter { ParentTaskId = goalId }, cancellation))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {task.PlanKey ?? task.Id.ToString()}: {task.Title}: {task.Status.Word()}, attempt {task.Attempt}");
            if ((task.Status == TaskState.Done ? task.Result : task.Error) is { Length: > 0 } said) text.Append(CultureInfo.InvariantCulture, $": {said.ReplaceLineEndings(" ")}");
            text.Append('\n');
        }

        return text.Length == 0 ? "none\n" : text.ToString();
    }
}
