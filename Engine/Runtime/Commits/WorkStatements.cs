using AgentOS.Engine.Runtime.Work;
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
        with done as (delete from engine.work where id = any($3) and attempts = ($4)[array_position($3, id)] and owner = $1 returning 1)
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

/// <summary>
/// Asks for work. A start whose instance was asked for before, or exists, is the same start. As many starts as this node has room for are its own from
/// the beginning: they need no claim, and are given back like any claimed item when the node dies.
/// </summary>
internal sealed class InsertWork : ColumnStatement
{
    private readonly List<string?> _kind, _instance, _definition, _bookmark, _correlation, _parent;
    private readonly List<ReadOnlyMemory<byte>?> _request;
    private readonly NpgsqlParameter<string> _node;
    private readonly NpgsqlParameter<int> _room;

    public InsertWork() : base($"""
        with asked as (
            insert into engine.work (kind, instance_id, definition_version_id, bookmark_id, correlation_id, parent_id, request, owner, attempts)
            select kind, instance_id, definition_version_id, bookmark_id, correlation_id, parent_id, convert_from(request, 'UTF8')::json,
                case when kind = 'start' and n <= $9 then $8 end, case when kind = 'start' and n <= $9 then 1 else 0 end
            from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality as u(kind, instance_id, definition_version_id, bookmark_id, correlation_id, parent_id, request, n)
            where kind <> 'start' or (select true from engine.workflow_instances i where i.id = u.instance_id) is null
            on conflict (instance_id) where kind = 'start' do nothing
            returning {Claims.ItemColumns}, owner)
        select {Claims.ItemColumns}, null::text, null::bigint, null::text, null::int, null::json, owner from asked order by id
        """)
    {
        _kind = Text(); _instance = Text(); _definition = Text(); _bookmark = Text(); _correlation = Text(); _parent = Text(); _request = Json();
        _node = Scalar<string>(NpgsqlDbType.Text);
        _room = Scalar<int>(NpgsqlDbType.Integer);
    }

    public void Add(in WorkRow row)
    {
        Count++;
        _kind.Add(row.Kind); _instance.Add(row.InstanceId); _definition.Add(row.DefinitionVersionId); _bookmark.Add(row.BookmarkId);
        _correlation.Add(row.CorrelationId); _parent.Add(row.ParentId); _request.Add(row.Request);
    }

    public void ClaimFor(string node, int room) => (_node.TypedValue, _room.TypedValue) = (node, room);
}
