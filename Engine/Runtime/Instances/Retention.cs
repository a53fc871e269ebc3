using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Runtime.Instances;

/// <summary>
/// Deletes finished instances with all that belongs to them, when a policy says that they are old enough. What runs, what a running instance
/// started or was started by, and what the host needs stays.
/// </summary>
internal sealed class Retention(EngineDatabase database, InstanceStore store, EngineOptions options, IServiceScopeFactory scopes)
{
    // From the oldest on: what stays is passed over by the next batch. An instance cannot end before it began, and by its beginning there is an index.
    private const string Due = """
        select i.id, i.created_at from engine.workflow_instances i
        where i.status = 'Finished' and i.created_at < now() - $1 and i.finished_at < now() - $1 and ($2 is null or i.sub_status = $2) and ($3 is null or i.definition_id = $3)
            and (i.created_at, i.id) > ($4, $5)
            and not exists (select from engine.workflow_instances p where p.id = i.parent_id and p.status = 'Running')
            and not exists (select from engine.workflow_instances c where c.parent_id = i.id and c.status = 'Running')
        order by i.created_at, i.id limit $6
        """;

    /// <returns>How many instances were deleted.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken = default)
    {
        var deleted = 0;
        foreach (var policy in options.Retention.Policies) deleted += await RunAsync(policy, cancellationToken);
        return deleted;
    }

    private async Task<int> RunAsync(RetentionPolicy policy, CancellationToken cancellationToken)
    {
        var (deleted, last) = (0, (At: DateTime.MinValue, Id: ""));
        while (true)
        {
            var due = await DueAsync(policy, last, cancellationToken);
            if (due.Count == 0) return deleted;
            last = due[^1];
            // Whoever was asked to try again meanwhile is not finished any more.
            deleted += await store.DeleteAsync(await UnneededAsync([.. due.Select(each => each.Id)], cancellationToken), running: false, cancellationToken);
        }
    }

    private async Task<List<(DateTime At, string Id)>> DueAsync(RetentionPolicy policy, (DateTime At, string Id) last, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Due);
        command.Parameters.Add(new() { Value = policy.Age });
        command.Parameters.Add(new() { Value = (object?)policy.SubStatus ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)policy.DefinitionId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = last.At, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = last.Id });
        command.Parameters.Add(new() { Value = options.Retention.BatchSize });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<(DateTime, string)>();
        while (await reader.ReadAsync(cancellationToken)) due.Add((reader.GetDateTime(1), reader.GetString(0)));
        return due;
    }

    private async Task<string[]> UnneededAsync(string[] ids, CancellationToken cancellationToken)
    {
        if (options.Retention.Needed is not { } needed) return ids;
        await using var scope = scopes.CreateAsyncScope();
        return [.. ids.Except(await needed(scope.ServiceProvider, ids, cancellationToken))];
    }
}
