using Npgsql;
using NpgsqlTypes;

namespace AgentOS.Engine.Runtime.Commits;

/// <summary>The first commit of an instance. That it is the only one is the primary key's business.</summary>
internal sealed class InsertInstances : ColumnStatement
{
    private readonly NpgsqlParameter<string> _node;
    private readonly List<string?> _id, _definition, _definitionVersion, _status, _subStatus, _correlation, _name, _parent, _activation;
    private readonly List<int> _version, _incidents;
    private readonly List<bool> _system, _goesOn;
    private readonly List<DateTime> _created, _updated;
    private readonly List<DateTime?> _finished;
    private readonly List<ReadOnlyMemory<byte>?> _state;

    public InsertInstances() : base("""
        insert into engine.workflow_instances (id, definition_id, definition_version_id, version, status, sub_status, correlation_id, name, parent_id,
            incident_count, is_system, activation_key, created_at, updated_at, finished_at, owner, state)
        select id, definition_id, definition_version_id, version, status, sub_status, correlation_id, name, parent_id,
            incident_count, is_system, activation_key, created_at, updated_at, finished_at, case when goes_on then $1 end, convert_from(state, 'UTF8')::json
        from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            as u(id, definition_id, definition_version_id, version, status, sub_status, correlation_id, name, parent_id,
                 incident_count, is_system, activation_key, created_at, updated_at, finished_at, goes_on, state)
        """)
    {
        _node = Scalar<string>(NpgsqlDbType.Text);
        _id = Text(); _definition = Text(); _definitionVersion = Text(); _version = Int(); _status = Text(); _subStatus = Text();
        _correlation = Text(); _name = Text(); _parent = Text(); _incidents = Int(); _system = Boolean(); _activation = Text();
        _created = Time(); _updated = Time(); _finished = OptionalTime(); _goesOn = Boolean(); _state = Json();
    }

    public void Add(InstanceCommit commit, string node)
    {
        var row = commit.Instance!;
        Count++;
        _node.TypedValue = node;
        _id.Add(row.Id); _definition.Add(row.DefinitionId); _definitionVersion.Add(row.DefinitionVersionId); _version.Add(row.Version);
        _status.Add(row.Status); _subStatus.Add(row.SubStatus); _correlation.Add(row.CorrelationId); _name.Add(row.Name); _parent.Add(row.ParentId);
        _incidents.Add(row.IncidentCount); _system.Add(row.IsSystem); _activation.Add(row.ActivationKey);
        _created.Add(row.CreatedAt); _updated.Add(row.UpdatedAt); _finished.Add(row.FinishedAt); _goesOn.Add(commit.GoesOn); _state.Add(row.State);
    }
}

/// <summary>Later commits of an instance: only by the node that owns it, at the epoch that its claim gave.</summary>
internal sealed class UpdateInstances : ColumnStatement
{
    private readonly NpgsqlParameter<string> _node;
    private readonly NpgsqlParameter<long> _expected;
    private readonly List<string?> _id, _status, _subStatus, _correlation, _name;
    private readonly List<long> _epoch;
    private readonly List<int> _incidents;
    private readonly List<bool> _goesOn;
    private readonly List<DateTime> _updated;
    private readonly List<DateTime?> _finished;
    private readonly List<ReadOnlyMemory<byte>?> _state;

    public UpdateInstances() : base("""
        with written as (
            update engine.workflow_instances i
            set status = u.status, sub_status = u.sub_status, correlation_id = u.correlation_id, name = u.name, incident_count = u.incident_count,
                updated_at = u.updated_at, finished_at = u.finished_at, owner = case when u.goes_on then $1 end, takeovers = 0, state = convert_from(u.state, 'UTF8')::json
            from unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                as u(id, epoch, status, sub_status, correlation_id, name, incident_count, updated_at, finished_at, goes_on, state)
            where i.id = u.id and i.id = any($3) and i.epoch = u.epoch and i.owner = $1
            returning 1)
        select engine.expect('instances that this node owns', $2, (select count(*) from written))
        """)
    {
        _node = Scalar<string>(NpgsqlDbType.Text);
        _expected = Scalar<long>(NpgsqlDbType.Bigint);
        _id = Text(); _epoch = BigInt(); _status = Text(); _subStatus = Text(); _correlation = Text(); _name = Text(); _incidents = Int();
        _updated = Time(); _finished = OptionalTime(); _goesOn = Boolean(); _state = Json();
    }

    public void Add(InstanceCommit commit, string node)
    {
        var row = commit.Instance!;
        _node.TypedValue = node;
        _expected.TypedValue = ++Count;
        _id.Add(row.Id); _epoch.Add(commit.Epoch); _status.Add(row.Status); _subStatus.Add(row.SubStatus); _correlation.Add(row.CorrelationId);
        _name.Add(row.Name); _incidents.Add(row.IncidentCount); _updated.Add(row.UpdatedAt); _finished.Add(row.FinishedAt);
        _goesOn.Add(commit.GoesOn); _state.Add(row.State);
    }
}
