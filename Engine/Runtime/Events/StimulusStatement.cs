using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Work;
using Npgsql;
using NpgsqlTypes;

namespace AgentOS.Engine.Runtime.Events;

/// <summary>
/// Sends stimuli: asks for the resumption of every bookmark and the start of every trigger with the hash, or keeps the stimulus when there is neither.
/// A bookmark that is being committed at the same moment is not seen here, nor does its commit see the kept stimulus; the sweep brings the two together.
/// As much as this node has room for is claimed at once, with the instances, where nobody runs them and nothing else waits for them. Rows that somebody
/// holds are passed over, never waited for: two commits that resume each other's instances would wait for each other.
/// </summary>
internal sealed class StimulusStatement : ColumnStatement
{
    private readonly List<string?> _name, _hash, _instance, _correlation, _execution, _bookmark;
    private readonly List<ReadOnlyMemory<byte>?> _input;
    private readonly List<DateTime?> _expires;
    private readonly NpgsqlParameter<string> _node;
    private readonly NpgsqlParameter<int> _room;

    /// <param name="toOneInstance">All of them name their instance, and none its bookmark: what they can lead to is looked for in one place, which costs half.</param>
    public StimulusStatement(bool toOneInstance = false) : base(toOneInstance ? Sql(ToOneInstance, null) : Sql(ToAny, Starts))
    {
        _name = Text(); _hash = Text(); _instance = Text(); _correlation = Text(); _execution = Text(); _bookmark = Text(); _input = Json(); _expires = OptionalTime();
        _node = Scalar<string>(NpgsqlDbType.Text);
        _room = Scalar<int>(NpgsqlDbType.Integer);
    }

    // An instance has few bookmarks, and a hash may have thousands: joined to an empty text, the hash is not what they are looked for by.
    private const string ToOneInstance = """
            select s.n, s.hash, s.input, b.id, b.instance_id from s join engine.bookmarks b on b.instance_id = s.instance_id and b.hash || '' = s.hash
            where b.instance_id = any($3) and s.bookmark_id is null and (s.correlation_id is null or b.correlation_id = s.correlation_id) and (s.execution_id is null or b.execution_id = s.execution_id)
        """;

    // By what the stimulus says of its receiver, so that each finds its index: with one condition for all, every bookmark of the hash would be looked at.
    private const string ToAny = $"""
            select s.n, s.hash, s.input, b.id, b.instance_id from s join engine.bookmarks b on b.id = s.bookmark_id
            where b.id = any($6) and b.hash || '' = s.hash and (s.instance_id is null or b.instance_id = s.instance_id) and (s.correlation_id is null or b.correlation_id = s.correlation_id)
                and (s.execution_id is null or b.execution_id = s.execution_id)
            union all
            {ToOneInstance}
            union all
            select s.n, s.hash, s.input, b.id, b.instance_id from s join engine.bookmarks b on b.hash = s.hash and b.correlation_id = s.correlation_id
            where b.hash = any($2) and b.correlation_id = any($4) and s.bookmark_id is null and s.instance_id is null and (s.execution_id is null or b.execution_id = s.execution_id)
            union all
            select s.n, s.hash, s.input, b.id, b.instance_id from s join engine.bookmarks b on b.hash = s.hash
            where b.hash = any($2) and s.bookmark_id is null and s.instance_id is null and s.correlation_id is null and (s.execution_id is null or b.execution_id = s.execution_id)
        """;

    private const string Starts = $"""
        t as materialized (
            select s.n, s.input, s.correlation_id, t.definition_version_id, t.activity_id, row_number() over (order by s.n) as place from s join engine.triggers t on t.hash = s.hash
            where t.hash = any($2) and s.instance_id is null and s.execution_id is null and s.bookmark_id is null),
        started as (
            insert into engine.work (kind, instance_id, definition_version_id, correlation_id, request, owner, attempts)
            select 'start', engine.new_id(), definition_version_id, correlation_id, json_build_object('input', input, 'triggerActivityId', activity_id),
                case when place <= $10 then $9 end, case when place <= $10 then 1 else 0 end
            from t order by n returning {Claims.ItemColumns}, owner),
        """;

    private static string Sql(string receivers, string? starts) => $"""
        with s as materialized (
            select n, name, hash, instance_id, correlation_id, execution_id, bookmark_id, convert_from(input, 'UTF8')::json as input, expires_at
            from unnest($1, $2, $3, $4, $5, $6, $7, $8) with ordinality
                as u(name, hash, instance_id, correlation_id, execution_id, bookmark_id, input, expires_at, n)),
        b as materialized (
        {receivers}),
        {starts}
        free as (
            select i.id from engine.workflow_instances i
            where i.id = any(array(select distinct instance_id from b)) and i.owner is null and i.finished_at is null
                and i.id <> all(array(select w.instance_id from engine.work w where w.instance_id = any(array(select instance_id from b))))
            limit $10 for update skip locked),
        claimed as (
            update engine.workflow_instances i set owner = $9, epoch = epoch + 1 where i.id = any(array(select id from free))
            returning i.id, i.epoch, i.definition_version_id, i.takeovers, i.state),
        resumed as (
            insert into engine.work (kind, instance_id, bookmark_id, hash, request, owner, attempts)
            select 'resume', b.instance_id, b.id, b.hash, json_build_object('input', b.input), case when c.id is not null then $9 end, case when c.id is null then 0 else 1 end
            from b left join claimed c on c.id = b.instance_id order by b.n, b.id returning {Claims.ItemColumns}, owner),
        kept as (
            insert into engine.bookmark_queue (name, hash, instance_id, correlation_id, execution_id, input, expires_at)
            select name, hash, instance_id, correlation_id, execution_id, input, expires_at from s
            where expires_at is not null and not exists (select from b where b.n = s.n) {(starts is null ? "" : "and not exists (select from t where t.n = s.n)")} order by n)
        select a.id, a.attempts, a.kind, a.instance_id, a.definition_version_id, a.bookmark_id, a.hash, a.correlation_id, a.parent_id, case when a.owner is not null then a.request end, c.*, a.owner
        from ({(starts is null ? "select * from resumed" : "select * from resumed union all select * from started")}) a left join claimed c on c.id = a.instance_id order by a.id
        """;

    public void ClaimFor(string node, int room) => (_node.TypedValue, _room.TypedValue) = (node, room);

    public void Add(in StimulusRow row)
    {
        Count++;
        _name.Add(row.Name); _hash.Add(row.Hash); _instance.Add(row.InstanceId); _correlation.Add(row.CorrelationId); _execution.Add(row.ExecutionId);
        _bookmark.Add(row.BookmarkId); _input.Add(row.Input); _expires.Add(row.ExpiresAt);
    }
}
