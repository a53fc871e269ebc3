using System.Text.Json.Nodes;
using AgentOS.Activities.Git;
using AgentOS.Kernel;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Goals;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Activities.Planning;

/// <summary>The life of a goal. Every step may run again after a crash.</summary>
public sealed class GoalService(
    TaskStore tasks, AgentStore agents, SessionStore sessions, GoalIntake intake, Workspaces workspaces, TaskStarter starter)
{
    /// <summary>Makes a goal of a posted object. The id in it makes a repeated post the same goal.</summary>
    /// <returns>The goal's id and the answer; without an id, the answer is a problem document.</returns>
    public async Task<(Guid? Id, JsonObject Response)> CreateAsync(object? body, string instance, CancellationToken cancellation)
    {
        GoalWish request;
        try
        {
            request = GoalRequest.Read(body);
            // Taken up by this very workflow as it is made, so that no other starts for it. Posted again, it stays with the first.
            var (goal, repository) = await intake.GiveAsync(request with { WorkflowInstanceId = instance }, cancellation);
            return (goal.Id, new JsonObject { ["id"] = goal.Id, ["title"] = goal.Title, ["status"] = "inbox", ["repository"] = repository.Path });
        }
        catch (AgentOSException error)
        {
            var status = error is RefusedException ? 409 : 422;
            return (null, new JsonObject
            {
                ["type"] = "about:blank",
                ["title"] = status == 409 ? "The goal cannot be taken on now" : "The goal cannot be taken on",
                ["status"] = status,
                ["detail"] = error.Message,
            });
        }
    }

    public async Task<string> OpenAsync(Guid goalId, string instance, CancellationToken cancellation)
    {
        if (!await tasks.TakeUpAsync(goalId, instance, cancellation)) return "Closed";
        var planner = (await agents.ListAsync(AgentRole.Orchestrator, cancellation)).FirstOrDefault();
        await tasks.DoAsync(goalId, new TaskCommand.BeginGoal(planner?.Id), planner?.Id, cancellation);
        return "Open";
    }

    /// <summary>Starts what is ready, and says whether there is something to wait for.</summary>
    public async Task<(string Outcome, string? Feedback)> DispatchAsync(Guid goalId, CancellationToken cancellation)
    {
        foreach (var ready in await tasks.ReadyAsync(goalId, cancellation)) await starter.StartAsync(ready, cancellation);
        return await tasks.ProgressAsync(goalId, cancellation) switch
        {
            { IsReplanned: true } => ("Replan", null),
            { Total: 0 } => ("Empty", "The last plan made no tasks."),
            { IsStill: true } => ("AllEnded", null),
            _ => ("Waiting", null),
        };
    }

    /// <summary>Whether <see cref="DispatchAsync"/> would do or say something new.</summary>
    public async Task<bool> HasNewsAsync(Guid goalId, CancellationToken cancellation)
    {
        var progress = await tasks.ProgressAsync(goalId, cancellation);
        return progress.IsReplanned || progress.IsStill || progress.Ready > 0;
    }

    /// <summary>Ends a reached goal. What still waits for a blocked task is not needed any more.</summary>
    /// <returns><c>Done</c>, or <c>Replan</c> when a person asked for another plan since the judge looked.</returns>
    public async Task<string> CloseAsync(Guid goalId, CancellationToken cancellation)
    {
        if ((await tasks.ProgressAsync(goalId, cancellation)).IsReplanned) return "Replan";
        var judged = await tasks.GetAsync(goalId, cancellation);
        foreach (var child in await tasks.ListAsync(new TaskFilter { ParentTaskId = goalId }, cancellation))
            if (!child.HasEnded) await tasks.CancelAsync(child.Id, "its goal is reached without it", cancellation: cancellation);
        var verdict = await sessions.FindAsync(goalId, "goal-review", judged.Attempt, cancellation);
        var closed = await tasks.DoAsync(goalId, new TaskCommand.CompleteGoal(verdict?.Summary, judged.Attempt), cancellation: cancellation);
        if (closed.Task.Status != TaskState.Done) return "Replan";
        await RemoveFoldersAsync(goalId, cancellation);
        return "Done";
    }

    private async Task RemoveFoldersAsync(Guid goalId, CancellationToken cancellation)
    {
        foreach (var session in await sessions.ListAsync(goalId, cancellation: cancellation)) await workspaces.RemoveAsync(session.Id, cancellation);
    }

    /// <returns><c>Again</c>, or <c>GaveUp</c> when the goal is blocked now.</returns>
    public async Task<string> PlanAgainAsync(Guid goalId, string feedback, CancellationToken cancellation)
    {
        var goal = await tasks.GetAsync(goalId, cancellation);
        var rejected = await sessions.FindAsync(goalId, "plan", goal.Attempt, cancellation) is null ? goal.Attempt - 1 : goal.Attempt;
        var result = await tasks.DoAsync(goalId, new TaskCommand.SendBack(rejected, "goal", feedback), cancellation: cancellation);
        if (result.Task.Status != TaskState.Blocked) return "Again";
        await RemoveFoldersAsync(goalId, cancellation);
        return "GaveUp";
    }
}
