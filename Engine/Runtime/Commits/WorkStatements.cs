using Npgsql;
using NpgsqlTypes;

namespace AgentOS.Engine.Runtime.Commits;

/// <summary>Items that a burst did leave the queue with it; one that another node has claimed meanwhile undoes the commit.</summary>
internal sealed class FinishWork : ColumnStatement
{
    private readonly NpgsqlParameter<string> _node;
    private readonly NpgsqlParameter<long> _expected;
    private readonly List<long> _id;
    private readonly List<int> _attempt;

    public FinishWork() : base("""
        with done as (delete from engine.work w using unnest($3, $4) as u(id, attempt) where w.id = u.id and w.attempts = u.attempt and w.owner = $1 returning 1)
        select engine.expect('items of work that this node owns', $2, (select count(*) from done))
        """)
    {
        _node = Scalar<string>(NpgsqlDbType.Text);
        _expected = Scalar<long>(NpgsqlDbType.Bigint);
        _id = BigInt();
        _attempt = Int();
    }

    public void Add(WorkClaim claim, string node)
    {
        _node.TypedValue = node;
        _expected.TypedValue = ++Count;
        _id.Add(claim.Id);
        _attempt.Add(claim.Attempt);
    }
}

/// <summary>Asks for work. A start whose instance was asked for before, or exists, is the same start.</summary>
internal sealed class InsertWork : ColumnStatement
{
    private readonly List<string?> _kind, _instance, _definition, _bookmark, _correlation, _parent;
    private readonly List<ReadOnlyMemory<byte>?> _request;

    public InsertWork() : base("""
        insert into engine.work (kind, instance_id, definition_version_id, bookmark_id, correlation_id, parent_id, request)
        select kind, instance_id, definition_version_id, bookmark_id, correlation_id, parent_id, convert_from(request, 'UTF8')::json
        from unnest($1, $2, $3, $4, $5, $6, $7) as u(kind, instance_id, definition_version_id, bookmark_id, correlation_id, parent_id, request)
        where kind <> 'start' or not exists (select from engine.workflow_instances i where i.id = u.instance_id)
        on conflict (instance_id) where kind = 'start' do nothing
        """)
    {
        _kind = Text(); _instance = Text(); _definition = Text(); _bookmark = Text(); _correlation = Text(); _parent = Text(); _request = Json();
    }

    public void Add(in WorkRow row)
    {
        Count++;
        _kind.Add(row.Kind); _instance.Add(row.InstanceId); _definition.Add(row.DefinitionVersionId); _bookmark.Add(row.BookmarkId);
        _correlation.Add(row.CorrelationId); _parent.Add(row.ParentId); _request.Add(row.Request);
    }
}
