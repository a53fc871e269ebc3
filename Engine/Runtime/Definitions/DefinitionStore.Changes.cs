using Npgsql;
using NpgsqlTypes;

namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>Changes workflow definitions: each change in one transaction with its triggers, one at a time for a definition.</summary>
public sealed partial class DefinitionStore
{
    /// <summary>Finds the triggers of a version that is about to be published.</summary>
    public delegate Task<IReadOnlyList<TriggerRow>> TriggerFinder(DefinitionRow version, CancellationToken cancellationToken);

    /// <summary>Writes the draft: over the latest version if that is a draft, else as a new version. Publishes it too when <paramref name="triggers"/> is given.</summary>
    public Task<DefinitionRow> SaveAsync(DefinitionDraft draft, TriggerFinder? triggers, CancellationToken cancellationToken = default) =>
        ChangeAsync(draft.DefinitionId ?? Ids.New(), async (change, definitionId) =>
        {
            var latest = await change.FindAsync("is_latest", definitionId);
            var row = latest is { IsPublished: false } ? latest with { } : new DefinitionRow(Ids.New(), definitionId, 0, null, null, true, false, false, false, null, "", null, DateTime.UtcNow);
            if (row.Version == 0)
            {
                row = row with { Version = 1 + await change.LastVersionAsync(definitionId) };
                await change.ExecuteAsync("update engine.workflow_definitions set is_latest = false where definition_id = $1 and is_latest", definitionId);
            }
            row = row with
            {
                Name = draft.Name, Description = draft.Description, IsReadonly = draft.IsReadonly, IsSystem = draft.IsSystem, UsableAsActivity = draft.UsableAsActivity,
                Model = draft.Model, SourceHash = draft.SourceHash
            };
            await change.WriteAsync(row);
            return triggers is null ? row : await change.PublishAsync(row, triggers);
        }, cancellationToken);

    /// <summary>Publishes the latest version. Null when there is no such definition.</summary>
    public Task<(DefinitionRow Row, bool Already)?> PublishAsync(string definitionId, TriggerFinder triggers, CancellationToken cancellationToken = default) =>
        ChangeAsync(definitionId, async (change, _) =>
        {
            if (await change.FindAsync("is_latest", definitionId) is not { } latest) return ((DefinitionRow, bool)?)null;
            return latest.IsPublished ? (latest, true) : (await change.PublishAsync(latest, triggers), false);
        }, cancellationToken);

    /// <summary>Takes the published version back: it stays, but starts nothing. Null when none is published.</summary>
    public Task<DefinitionRow?> RetractAsync(string definitionId, CancellationToken cancellationToken = default) =>
        ChangeAsync(definitionId, async (change, _) =>
        {
            if (await change.FindAsync("is_published", definitionId) is not { } published) return null;
            await change.UnpublishAsync(definitionId);
            return published with { IsPublished = false };
        }, cancellationToken);

    /// <summary>Makes a draft with the content of an old version. Null when there is no such version.</summary>
    public Task<DefinitionRow?> RevertAsync(string definitionId, int version, CancellationToken cancellationToken = default) =>
        ChangeAsync(definitionId, async (change, _) =>
        {
            if (await change.FindAsync("version = " + version, definitionId) is not { } old) return null;
            var latest = await change.FindAsync("is_latest", definitionId);
            var row = old with { Id = Ids.New(), IsLatest = true, IsPublished = false, SourceHash = null, Version = 1 + await change.LastVersionAsync(definitionId) };
            if (latest is { IsPublished: false }) row = row with { Id = latest.Id, Version = latest.Version };
            else await change.ExecuteAsync("update engine.workflow_definitions set is_latest = false where definition_id = $1 and is_latest", definitionId);
            await change.WriteAsync(row);
            return row;
        }, cancellationToken);

    /// <summary>Deletes a version; the newest that is left becomes the latest.</summary>
    public async Task<bool> DeleteVersionAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await FindVersionAsync(id, cancellationToken) is not { } row) return false;
        return await ChangeAsync(row.DefinitionId, async (change, definitionId) =>
        {
            var deleted = await change.ExecuteAsync("delete from engine.workflow_definitions where id = $1", id) > 0;
            await change.ExecuteAsync("""
                update engine.workflow_definitions set is_latest = true
                where definition_id = $1 and version = (select max(version) from engine.workflow_definitions where definition_id = $1) and not is_latest
                """, definitionId);
            return deleted;
        }, cancellationToken);
    }

    /// <summary>Deletes all versions of a definition.</summary>
    public Task<bool> DeleteAsync(string definitionId, CancellationToken cancellationToken = default) =>
        ChangeAsync(definitionId, async (change, _) => await change.ExecuteAsync("delete from engine.workflow_definitions where definition_id = $1", definitionId) > 0, cancellationToken);

    private async Task<T> ChangeAsync<T>(string definitionId, Func<Change, string, Task<T>> change, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var work = new Change(connection, transaction, cancellationToken);
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended($1, 7))", definitionId);
        var result = await change(work, definitionId);
        await work.ExecuteAsync("update engine.definition_changes set counter = counter + 1");
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    private sealed class Change(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        public async Task<int> ExecuteAsync(string sql, params object?[] arguments)
        {
            await using var command = Command(sql, arguments);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }

        public async Task<DefinitionRow?> FindAsync(string condition, string definitionId)
        {
            await using var command = Command($"select {Columns} from engine.workflow_definitions where definition_id = $1 and {condition}", definitionId);
            return await ReadOneAsync(command, cancellationToken);
        }

        public async Task<int> LastVersionAsync(string definitionId)
        {
            await using var command = Command("select coalesce(max(version), 0) from engine.workflow_definitions where definition_id = $1", definitionId);
            return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        public Task<int> WriteAsync(DefinitionRow row) => ExecuteAsync("""
            insert into engine.workflow_definitions (id, definition_id, version, name, description, is_latest, is_published, is_readonly, is_system, usable_as_activity, model, source_hash, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::json, $12, $13)
            on conflict (id) do update set name = excluded.name, description = excluded.description, is_readonly = excluded.is_readonly, is_system = excluded.is_system,
                usable_as_activity = excluded.usable_as_activity, model = excluded.model, source_hash = excluded.source_hash
            """, row.Id, row.DefinitionId, row.Version, row.Name, row.Description, row.IsLatest, row.IsPublished, row.IsReadonly, row.IsSystem, row.UsableAsActivity, row.Model, row.SourceHash, row.CreatedAt);

        public async Task UnpublishAsync(string definitionId)
        {
            await ExecuteAsync("delete from engine.triggers where definition_id = $1", definitionId);
            await ExecuteAsync("update engine.workflow_definitions set is_published = false where definition_id = $1 and is_published", definitionId);
        }

        public async Task<DefinitionRow> PublishAsync(DefinitionRow row, TriggerFinder finder)
        {
            var triggers = await finder(row, cancellationToken);
            // One lock for all routes: two definitions that are published at once must not both find the route free.
            if (triggers.Any(x => x.Name == "Elsa.HttpEndpoint")) await ExecuteAsync("select pg_advisory_xact_lock(8)");
            await using (var taken = Command("select definition_id from engine.triggers where name = 'Elsa.HttpEndpoint' and hash = any($1) and definition_id <> $2 limit 1",
                triggers.Where(x => x.Name == "Elsa.HttpEndpoint").Select(x => x.Hash).ToArray(), row.DefinitionId))
                if (await taken.ExecuteScalarAsync(cancellationToken) is string other) throw new RouteTakenException(other);
            await UnpublishAsync(row.DefinitionId);
            await ExecuteAsync("update engine.workflow_definitions set is_published = true where id = $1", row.Id);
            foreach (var trigger in triggers)
            {
                var id = Ids.New();
                await ExecuteAsync("insert into engine.triggers (id, definition_id, definition_version_id, activity_id, name, hash, payload) values ($1, $2, $3, $4, $5, $6, $7::json)",
                    id, row.DefinitionId, row.Id, trigger.ActivityId, trigger.Name, trigger.Hash, trigger.Payload);
                if (trigger.Timer is { } timer)
                    await ExecuteAsync("insert into engine.timers (id, due_at, kind, schedule, trigger_id) values ($1, $2, $3, $4, $1)", id, timer.DueAt, timer.Kind, timer.Schedule);
            }
            return row with { IsPublished = true };
        }

        private NpgsqlCommand Command(string sql, params object?[] arguments)
        {
            var command = new NpgsqlCommand(sql, connection, transaction);
            foreach (var argument in arguments)
                command.Parameters.Add(argument switch
                {
                    null => new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown },
                    _ => new() { Value = argument }
                });
            return command;
        }
    }
}
