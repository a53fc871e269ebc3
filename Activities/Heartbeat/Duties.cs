using AgentOS.Activities.Coding;
using AgentOS.Activities.Git;
using AgentOS.Activities.Merging;
using AgentOS.Activities.Planning;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Merging;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Kernel.Schedules;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using Elsa.Workflows;
using Elsa.Workflows.Runtime;

namespace AgentOS.Activities.Heartbeat;

/// <summary>What a heartbeat found and did, for the inspector.</summary>
public sealed record DutyReport(string Role, IReadOnlyList<string> Done);

/// <summary>
/// The heartbeats' duties: find work that was left lying and set it going. They decide nothing that notifications do not also set off; they are the net
/// below them. Each may run at any time, on any node, and twice.
/// </summary>
public sealed class Duties(
    ScheduleStore schedules, AgentStore agents, TaskStore tasks, SessionStore sessions, MergeStore merges, MessageStore messages, ModelCallStore calls, MergeService queue,
    TaskStarter starter, CodingService coding, Signals signals, Triage triage, Workspaces workspaces, IWorkflowRuntime runtime, TimeProvider time)
{
    /// <summary>Longer than any model call takes with all its retries.</summary>
    private static readonly TimeSpan LostCall = TimeSpan.FromHours(1);

    /// <summary>Longer than a server is down as a rule: what was cancelled before has no workflow any more.</summary>
    private static readonly TimeSpan Cancelled = TimeSpan.FromDays(1);

    /// <summary>Longer than a workflow takes to its first commit: one that took its task up just now is not there yet, not gone.</summary>
    private static readonly TimeSpan FirstSteps = TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<Guid>> ClaimAsync(CancellationToken cancellation) => [.. (await schedules.ClaimDueAsync(cancellation)).Select(s => s.Id)];

    public async Task<DutyReport> RunAsync(Guid scheduleId, CancellationToken cancellation)
    {
        var schedule = await schedules.FindAsync(scheduleId, cancellation) ?? throw new NotFoundException("schedule", scheduleId);
        var agent = await agents.FindAsync(schedule.AgentId, cancellation) ?? throw new NotFoundException("agent", schedule.AgentId);
        await agents.HeartbeatAsync(agent.Id, cancellation);
        var report = await RunAsync(agent.Role, cancellation);
        if (agent.Role != AgentRole.Orchestrator) return report;
        List<string> decided = [];
        await triage.RunAsync(decided, cancellation);
        return report with { Done = [.. report.Done, .. decided] };
    }

    /// <summary>At every start, and whenever hints may have been missed. One duty that fails keeps no other from being done.</summary>
    public Task RunAllAsync(CancellationToken cancellation) => EachAsync(Enum.GetValues<AgentRole>().Select(Func<Task> (role) => () => RunAsync(role, cancellation)), cancellation);

    private static async Task EachAsync(IEnumerable<Func<Task>> duties, CancellationToken cancellation)
    {
        List<Exception> failed = [];
        foreach (var duty in duties)
        {
            try
            {
                await duty();
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                failed.Add(error);
            }
        }

        if (failed.Count > 0) throw new AggregateException(failed);
    }

    /// <summary>The part that needs no judgement.</summary>
    public async Task<DutyReport> RunAsync(AgentRole role, CancellationToken cancellation)
    {
        List<string> done = [];
        switch (role)
        {
            case AgentRole.Orchestrator:
                await EachAsync([
                    () => TakeBackAsync(done, cancellation), () => StopHeldAsync(cancellation), () => StartReadyAsync(done, cancellation), () => WakeGoalsAsync(done, cancellation),
                    () => CleanUpAsync(done, cancellation), () => WakeAnsweredAsync(done, cancellation), () => SettleAsync(done, cancellation),
                ], cancellation);
                break;
            case AgentRole.Worker:
                foreach (var waiting in await agents.NextWaitingAsync(cancellation))
                {
                    await signals.SendAsync(Signals.WorkerFree, waiting, cancellation);
                    done.Add($"told task {waiting} that a worker is free");
                }

                break;
            case AgentRole.Reviewer:
                foreach (var repository in await merges.RepositoriesWithWorkAsync(cancellation))
                {
                    await queue.StartAsync(repository, $"merge-{Guid.CreateVersion7():N}", cancellation);
                    done.Add($"started the merge queue of repository {repository}");
                }

                await WakeMergedAsync(done, cancellation);
                break;
        }

        return new(Words.Of(role), done);
    }

    private async Task SettleAsync(List<string> done, CancellationToken cancellation)
    {
        if (await calls.SettleLostAsync(LostCall, cancellation) is > 0 and var lost) done.Add($"settled {lost} lost model calls");
    }

    /// <summary>A task whose workflow is gone begins again; one whose workflow failed is blocked with the reason.</summary>
    private async Task TakeBackAsync(List<string> done, CancellationToken cancellation)
    {
        foreach (var task in await tasks.WithWorkflowAsync(cancellation))
        {
            if (task.WorkflowInstanceId is not { } instance) continue;
            try
            {
                if (await TakeBackAsync(task, instance, cancellation) is { } what) done.Add(what);
            }
            catch (RefusedException)
            {
                // It went on meanwhile.
            }
        }
    }

    /// <summary>What was cancelled, and what a person stopped or took over, has no workflow; what was given to another has no former one.</summary>
    private async Task StopHeldAsync(CancellationToken cancellation)
    {
        foreach (var task in await tasks.LeavingAsync(cancellation)) await starter.StopAsync(task, cancellation);
        foreach (var task in await tasks.ListAsync(new TaskFilter { Status = TaskState.Blocked, OnlyHeld = true }, cancellation)) await starter.StopAsync(task, cancellation);
        foreach (var task in await tasks.CancelledLatelyAsync(Cancelled, cancellation))
        {
            await starter.StopAsync(task, cancellation);
            if (workspaces.Peek(task.Id) is not null) await coding.CloseAsync(task.Id, cancellation);
        }
    }

    /// <summary>An instance has faulted (null: one may have): the task that it worked on is blocked with the reason, and its planner told.</summary>
    public async Task TakeBackFromAsync(string? instance, CancellationToken cancellation)
    {
        if (instance is null) await TakeBackAsync([], cancellation);
        else if (await tasks.FindByWorkflowAsync(instance, cancellation) is not { } task) await queue.SayFaultAsync(instance, await (await runtime.CreateClientAsync(instance, cancellation)).ExportStateAsync(cancellation), cancellation);
        else if (!task.HasEnded)
        {
            try
            {
                await TakeBackAsync(task, instance, cancellation);
            }
            catch (RefusedException)
            {
                // Another node did it, or a person cancelled the task meanwhile.
            }
        }
    }

    /// <summary>Folders of tasks that have ended, and of sessions that are over.</summary>
    private async Task CleanUpAsync(List<string> done, CancellationToken cancellation)
    {
        const int most = 5000;
        HashSet<Guid> living = [.. (await sessions.ListAsync(status: SessionStatus.Running, limit: 1000, cancellation: cancellation)).Select(s => s.Id)];
        // A list that may be cut says nothing about what is not in it.
        if (living.Count == 1000) return;
        foreach (var state in (TaskState[])[TaskState.Inbox, TaskState.Assigned, TaskState.InProgress, TaskState.Review, TaskState.Blocked])
        {
            var found = await tasks.ListAsync(new TaskFilter { Status = state, Limit = most }, cancellation);
            if (found.Count == most) return;
            living.UnionWith(found.Select(t => t.Id));
        }

        if (await workspaces.RemoveOrphansAsync(living, time.GetUtcNow(), cancellation) is > 0 and var removed) done.Add($"removed {removed} workspaces that nobody needs");
    }

    private async Task<string?> TakeBackAsync(AgentTask task, string instance, CancellationToken cancellation)
    {
        var client = await runtime.CreateClientAsync(instance, cancellation);
        var why = "it is gone";
        var failed = false;
        if (await client.InstanceExistsAsync(cancellation))
        {
            var state = await client.ExportStateAsync(cancellation);
            if (state.Status == WorkflowStatus.Running) return null;
            why = state.Incidents.LastOrDefault()?.Message ?? state.SubStatus.ToString();
            failed = state.SubStatus == WorkflowSubStatus.Faulted;
            if (why.Contains("No space left on device", StringComparison.Ordinal)) why += " Free some there first";
        }

        else if (task.UpdatedAt > time.GetUtcNow() - FirstSteps) return null;

        // What is being judged or merged is not begun again behind the queue's back.
        if (failed || task.Status == TaskState.Review)
        {
            await tasks.DoAsync(task.Id, new TaskCommand.Block($"{why.TrimEnd().TrimEnd('.')}. (Its workflow {instance} {(failed ? "failed at that" : "ended without it")}.) Retry it: agentos task retry {task.Id}", instance), cancellation: cancellation);
            return $"blocked '{task.Title}': its workflow failed";
        }

        await tasks.DoAsync(task.Id, new TaskCommand.TakeBack("its workflow is gone", instance), cancellation: cancellation);
        return $"took '{task.Title}' back";
    }

    private async Task StartReadyAsync(List<string> done, CancellationToken cancellation)
    {
        foreach (var task in await tasks.ReadyAsync(null, cancellation))
        {
            if (task.ParentTaskId is not null) continue; // its goal starts it
            await starter.StartAsync(task, cancellation);
            done.Add($"started '{task.Title}'");
        }
    }

    private async Task WakeGoalsAsync(List<string> done, CancellationToken cancellation)
    {
        foreach (var goal in await tasks.ListAsync(new TaskFilter { Kind = TaskKind.Goal, Status = TaskState.InProgress }, cancellation))
        {
            var progress = await tasks.ProgressAsync(goal.Id, cancellation);
            if (progress.IsReplanned) await signals.SendAsync(Signals.Answered, goal.Id, cancellation);
            else if (progress.Total == 0 || !(progress.IsStill || progress.Ready > 0)) continue;
            await signals.SendAsync(Signals.TaskEnded, goal.Id, cancellation);
            done.Add($"told the goal '{goal.Title}' that its tasks have news");
        }
    }

    private async Task WakeAnsweredAsync(List<string> done, CancellationToken cancellation)
    {
        foreach (var task in await messages.AnsweredTasksAsync(cancellation))
        {
            await signals.SendAsync(Signals.Answered, task, cancellation);
            done.Add($"told task {task} that its question is answered");
        }

        foreach (var task in await tasks.ReviewedByPersonAsync(cancellation))
        {
            await signals.SendAsync(Signals.Answered, task, cancellation);
            await signals.SendAsync(Signals.MergeDecided, task, cancellation);
        }
    }

    private async Task WakeMergedAsync(List<string> done, CancellationToken cancellation)
    {
        foreach (var task in await tasks.ListAsync(new TaskFilter { Kind = TaskKind.Code, Status = TaskState.Review }, cancellation))
        {
            if (task.HeadSha is not { } head || await merges.FindAsync(task.Id, head, cancellation) is not { State: MergeState.Failed }) continue;
            await signals.SendAsync(Signals.MergeDecided, task.Id, cancellation);
            done.Add($"told '{task.Title}' what became of its merge");
        }
    }
}
