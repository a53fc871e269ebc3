using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Nodes;
using AgentOS.Engine.Runtime.Work;
using AgentOS.Engine.State;
using Elsa.Workflows;
using Elsa.Workflows.State;
using Npgsql;

namespace AgentOS.Engine.Runtime.Instances;

/// <summary>What came of asking an instance to try again.</summary>
/// <param name="Retried">The activities that run again.</param>
/// <param name="Refusal">Why nothing does, else null.</param>
/// <param name="Instead">What was done in its place, as a sentence; else null.</param>
public sealed record RetryOutcome(IReadOnlyList<string> Retried, string? Refusal, string? Instead = null);

/// <summary>
/// Lets activities that have faulted run again, with the variables and outputs that the instance has now. One that faulted as a whole is
/// reopened by it. The new state and the work that it asks for are one statement.
/// </summary>
public sealed class InstanceRetry
{
    private readonly EngineDatabase _database;
    private readonly Node _node;
    private readonly Pump _pump;

    internal InstanceRetry(EngineDatabase database, Node node, Pump pump) => (_database, _node, _pump) = (database, node, pump);

    private const string Reopen = """
        with reopened as (
            update engine.workflow_instances set status = 'Running', sub_status = 'Executing', finished_at = null, updated_at = now(), incident_count = $3, state = $4::json, epoch = epoch + 1, takeovers = 0
            where id = $1 and owner is null and epoch = $2 and (status = 'Running' or sub_status = 'Faulted') returning id)
        insert into engine.work (kind, instance_id) select 'continue', id from reopened
        """;

    /// <param name="id">The instance.</param>
    /// <param name="activityIds">Null: every activity that has faulted.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<RetryOutcome> RetryAsync(string id, IReadOnlyCollection<string>? activityIds, CancellationToken cancellationToken = default)
    {
        if (await ReadAsync(id, cancellationToken) is not var (epoch, json)) return Refused("There is no such instance, or it is running now. Look at it again.");
        var state = WorkflowStateReader.Read(json);
        var faulted = state.ActivityExecutionContexts.Where(context => context.Status == ActivityStatus.Faulted && (activityIds is null || activityIds.Contains(IdOf(context)))).ToList();
        if (faulted.Count == 0) return Refused(activityIds is null ? "No activity of it has faulted." : "None of these activities has faulted in it.");
        foreach (var context in faulted) Schedule(state, context);
        state.Status = WorkflowStatus.Running;
        state.SubStatus = WorkflowSubStatus.Executing;
        state.IsExecuting = true;
        state.FinishedAt = null;
        return await WriteAsync(state, epoch, cancellationToken) ? new([.. faulted.Select(IdOf)], null) : Refused("It was changed meanwhile, or another instance has taken its place. Look at it again.");

        static RetryOutcome Refused(string reason) => new([], reason);
    }

    private static void Schedule(WorkflowState state, ActivityExecutionContextState context)
    {
        var faults = context.FaultCount;
        for (var each = context; each is not null; each = state.ActivityExecutionContexts.FirstOrDefault(parent => parent.Id == each.ParentContextId)) each.FaultCount = Math.Max(0, each.FaultCount - faults);
        context.Status = ActivityStatus.Running;
        context.CompletedAt = null;
        state.Incidents = [.. state.Incidents.Where(incident => incident.ActivityNodeId != context.ScheduledActivityNodeId)];
        state.ScheduledActivities.Add(new() { ActivityNodeId = context.ScheduledActivityNodeId, OwnerContextId = context.ParentContextId, ExistingActivityExecutionContextId = context.Id, Tag = context.Tag });
    }

    private static string IdOf(ActivityExecutionContextState context) => context.ScheduledActivityNodeId[(context.ScheduledActivityNodeId.LastIndexOf(':') + 1)..];

    private async Task<(long Epoch, string State)?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand("select epoch, state from engine.workflow_instances where id = $1 and owner is null");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetString(1)) : null;
    }

    private async Task<bool> WriteAsync(WorkflowState state, long epoch, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(Reopen);
        foreach (var value in new object[] { state.Id, epoch, state.Incidents.Count, WorkflowStateJson.Serialize(state) }) command.Parameters.Add(new() { Value = value });
        try
        {
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) return false;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
        _pump.Wake();
        await _node.HintAsync("work");
        return true;
    }
}
