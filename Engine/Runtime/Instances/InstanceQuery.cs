using System.Globalization;

namespace AgentOS.Engine.Runtime.Instances;

/// <summary>Which instances a listing shows: Studio's filter.</summary>
public sealed record InstanceQuery
{
    public IReadOnlyCollection<string>? Ids { get; init; }
    public IReadOnlyCollection<string>? DefinitionIds { get; init; }
    public string? DefinitionVersionId { get; init; }
    public string? CorrelationId { get; init; }
    public string? Name { get; init; }
    public string? SearchTerm { get; init; }
    public int? Version { get; init; }
    public bool? HasIncidents { get; init; }
    public bool? IsSystem { get; init; }
    public IReadOnlyCollection<string>? Statuses { get; init; }
    public IReadOnlyCollection<string>? SubStatuses { get; init; }
    public string? ParentId { get; init; }
    public IReadOnlyCollection<TimestampFilter>? Timestamps { get; init; }
    public string? OrderBy { get; init; }
    public bool Descending { get; init; } = true;
    public int Skip { get; init; }
    public int Take { get; init; } = 100;

    internal (string Where, List<object> Parameters) Where()
    {
        var parameters = new List<object>();
        var conditions = new List<string> { "true" };
        if (Ids is { Count: > 0 }) Add("id = any({0})", Ids.Distinct().ToArray());
        if (DefinitionIds is { Count: > 0 }) Add("definition_id = any({0})", DefinitionIds.ToArray());
        if (DefinitionVersionId is { Length: > 0 }) Add("definition_version_id = {0}", DefinitionVersionId);
        if (CorrelationId is { Length: > 0 }) Add("correlation_id = {0}", CorrelationId);
        if (ParentId is { Length: > 0 }) Add("parent_id = {0}", ParentId);
        if (Name is { Length: > 0 }) Add("name = {0}", Name);
        if (Version is { } version) Add("version = {0}", version);
        if (HasIncidents is { } incidents) conditions.Add(incidents ? "incident_count > 0" : "incident_count = 0");
        if (IsSystem is { } system) Add("is_system = {0}", system);
        if (Statuses is { Count: > 0 }) Add("status = any({0})", Statuses.ToArray());
        if (SubStatuses is { Count: > 0 }) Add("sub_status = any({0})", SubStatuses.ToArray());
        if (SearchTerm is { Length: > 0 } term)
            Add("(name ilike {0} or id ilike {0} or definition_id ilike {0} or definition_version_id ilike {0} or correlation_id ilike {0})", $"%{term.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%");
        foreach (var filter in Timestamps ?? []) Add($"{filter.Column} {filter.Operator} {{0}}", filter.At.UtcDateTime);
        return (string.Join(" and ", conditions), parameters);

        void Add(string condition, object value)
        {
            parameters.Add(value);
            conditions.Add(string.Format(CultureInfo.InvariantCulture, condition, $"${parameters.Count}"));
        }
    }

    internal string Order()
    {
        var column = OrderBy?.ToUpperInvariant() switch
        {
            "UPDATED" or "UPDATEDAT" or "LASTEXECUTED" => "updated_at",
            "FINISHED" or "FINISHEDAT" => "finished_at",
            "NAME" => "name",
            _ => "created_at"
        };
        return $"{column} {(Descending ? "desc" : "asc")}, id {(Descending ? "desc" : "asc")}";
    }
}

/// <summary>A condition on one of the times of an instance. Column and operator are of a closed set, so that they can be part of SQL.</summary>
public sealed record TimestampFilter
{
    private TimestampFilter(string column, string @operator, DateTimeOffset at) => (Column, Operator, At) = (column, @operator, at);

    public string Column { get; }
    public string Operator { get; }
    public DateTimeOffset At { get; }

    /// <returns>Null when column or operator are unknown.</returns>
    public static TimestampFilter? Create(string? column, string? @operator, DateTimeOffset at)
    {
        var name = column?.ToUpperInvariant() switch
        {
            "CREATEDAT" => "created_at",
            "UPDATEDAT" => "updated_at",
            "FINISHEDAT" => "finished_at",
            _ => null
        };
        var sign = @operator?.ToUpperInvariant() switch
        {
            "IS" => "=",
            "ISNOT" => "<>",
            "LESSTHAN" => "<",
            "LESSTHANOREQUAL" => "<=",
            "GREATERTHAN" => ">",
            "GREATERTHANOREQUAL" => ">=",
            _ => null
        };
        return name is null || sign is null ? null : new(name, sign, at);
    }
}
