using AgentOS.Engine.Runtime.Database;
using Elsa.Common.Models;
using Npgsql;

namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>Reads workflow definitions.</summary>
public sealed partial class DefinitionStore(EngineDatabase database)
{
    private const string Columns = "id, definition_id, version, name, description, is_latest, is_published, is_readonly, is_system, usable_as_activity, model, source_hash, created_at";

    public async Task<DefinitionRow?> FindAsync(string definitionId, VersionOptions versions, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand($"select {Columns} from engine.workflow_definitions where definition_id = $1 and {Matches(versions)} order by version desc limit 1");
        command.Parameters.Add(new() { Value = definitionId });
        return await ReadOneAsync(command, cancellationToken);
    }

    public async Task<DefinitionRow?> FindVersionAsync(string id, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand($"select {Columns} from engine.workflow_definitions where id = $1");
        command.Parameters.Add(new() { Value = id });
        return await ReadOneAsync(command, cancellationToken);
    }

    public async Task<(IReadOnlyList<DefinitionRow> Items, long Total)> ListAsync(DefinitionQuery query, CancellationToken cancellationToken = default)
    {
        var (where, parameters) = Where(query);
        var order = query.OrderBy?.ToUpperInvariant() switch
        {
            "NAME" => "name",
            "VERSION" => "version",
            "CREATED" or "CREATEDAT" => "created_at",
            _ => "created_at"
        };
        await using var batch = database.CreateBatch();
        var items = new NpgsqlBatchCommand($"select {Columns} from engine.workflow_definitions where {where} order by {order} {(query.Descending ? "desc" : "asc")} nulls last, id offset {query.Skip}{(query.Take is { } take ? $" limit {take}" : "")}");
        var total = new NpgsqlBatchCommand($"select count(*) from engine.workflow_definitions where {where}");
        foreach (var value in parameters)
        {
            items.Parameters.Add(new() { Value = value });
            total.Parameters.Add(new() { Value = value });
        }
        batch.BatchCommands.Add(items);
        batch.BatchCommands.Add(total);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = new List<DefinitionRow>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(Read(reader));
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (rows, reader.GetInt64(0));
    }

    public async Task<bool> IsNameUniqueAsync(string name, string? exceptDefinitionId, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("select not exists (select from engine.workflow_definitions where name = $1 and is_latest and definition_id is distinct from $2)");
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = (object?)exceptDefinitionId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Versions that are activities of other workflows: of each definition the published one and those before it.</summary>
    public async Task<IReadOnlyList<DefinitionRow>> UsableAsActivitiesAsync(CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand($"""
            select {Columns} from engine.workflow_definitions d where usable_as_activity
                and version <= (select p.version from engine.workflow_definitions p where p.definition_id = d.definition_id and p.is_published)
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<DefinitionRow>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(Read(reader));
        return rows;
    }

    /// <summary>Rises with every change of any definition, on any node.</summary>
    public async Task<long> ChangesAsync(CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("select counter from engine.definition_changes");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static (string Where, List<object> Parameters) Where(DefinitionQuery query)
    {
        var parameters = new List<object>();
        var conditions = new List<string> { "true" };
        if (query.Versions is { } versions) conditions.Add(Matches(versions));
        if (query.DefinitionIds is { Count: > 0 } definitionIds) Add("definition_id = any({0})", definitionIds.ToArray());
        if (query.Ids is { Count: > 0 } ids) Add("id = any({0})", ids.ToArray());
        if (query.SearchTerm is { Length: > 0 } term) Add("(name ilike {0} or description ilike {0} or definition_id ilike {0} or id = {0})", $"%{term.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%");
        if (query.Name is { Length: > 0 } name) Add("name = {0}", name);
        if (query.IsSystem is { } system) Add("is_system = {0}", system);
        return (string.Join(" and ", conditions), parameters);

        void Add(string condition, object value)
        {
            parameters.Add(value);
            conditions.Add(string.Format(System.Globalization.CultureInfo.InvariantCulture, condition, $"${parameters.Count}"));
        }
    }

    /// <summary>The condition for rows of engine.workflow_definitions.</summary>
    internal static string Matches(VersionOptions versions, string alias = "") => versions switch
    {
        { AllVersions: true } => "true",
        { IsLatest: true } => $"{alias}is_latest",
        { IsPublished: true } => $"{alias}is_published",
        { IsLatestOrPublished: true } => $"({alias}is_latest or {alias}is_published)",
        { IsLatestAndPublished: true } => $"({alias}is_latest and {alias}is_published)",
        { IsDraft: true } => $"({alias}is_latest and not {alias}is_published)",
        _ => $"{alias}version = {versions.Version}"
    };

    private static async Task<DefinitionRow?> ReadOneAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static DefinitionRow Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4),
        reader.GetBoolean(5), reader.GetBoolean(6), reader.GetBoolean(7), reader.GetBoolean(8), reader.IsDBNull(9) ? null : reader.GetBoolean(9),
        reader.GetString(10), reader.IsDBNull(11) ? null : reader.GetString(11), reader.GetDateTime(12));
}
