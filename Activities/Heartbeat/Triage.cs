using AgentOS.Activities.Models;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Heartbeat;

/// <summary>The one decision of a heartbeat that takes judgement: whether something blocked is worth another try. The cheap model makes it, once for each attempt.</summary>
public sealed class Triage(TaskStore tasks, ModelGateway gateway)
{
    /// <summary>After so many attempts it is a person's turn, whatever the model thinks.</summary>
    private const int MostAttempts = 6;

    private static readonly Prompt Question = Prompt.Load("Heartbeat.triage.md");

    public async Task RunAsync(List<string> done, CancellationToken cancellation)
    {
        foreach (var task in await tasks.ListAsync(new TaskFilter { Status = TaskState.Blocked, OnlyTop = true }, cancellation))
        {
            if (task.Hold is not null || task.Attempt >= MostAttempts || string.IsNullOrWhiteSpace(task.Error)) continue;
            var outcome = await gateway.AskAsync(new ModelRequest("heartbeat",
                [new(ChatRole.System, Question.Fill()), new(ChatRole.User, $"'{task.Title}', attempt {task.Attempt}, is blocked: {task.Error}")],
                [], $"triage:{task.Id}:{task.Attempt}"), cancellation: cancellation);
            if (!WantsRetry(outcome)) continue;
            try
            {
                await tasks.DoAsync(task, new TaskCommand.Retry(1), cancellation: cancellation);
                done.Add($"gave '{task.Title}' another chance");
            }
            catch (RefusedException)
            {
                // A person decided something else about it meanwhile.
            }
        }
    }

    /// <summary>A model that cannot be asked, or does not answer the question, leaves it to a person.</summary>
    public static bool WantsRetry(ModelOutcome outcome) =>
        outcome is ModelReply reply && reply.Text.Trim().Trim('`', '.', '"', '\'').Equals("retry", StringComparison.OrdinalIgnoreCase);
}
