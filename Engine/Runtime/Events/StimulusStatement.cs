using AgentOS.Engine.Runtime.Commits;

namespace AgentOS.Engine.Runtime.Events;

/// <summary>
/// Sends stimuli: asks for the resumption of every bookmark and the start of every trigger with the hash, or keeps the stimulus when there is neither.
/// A bookmark that is being committed at the same moment is not seen here, nor does its commit see the kept stimulus; the sweep brings the two together.
/// </summary>
internal sealed class StimulusStatement : ColumnStatement
{
    private readonly List<string?> _name, _hash, _instance, _correlation, _execution, _bookmark;
    private readonly List<ReadOnlyMemory<byte>?> _input;
    private readonly List<DateTime?> _expires;

    public StimulusStatement() : base("""
        with s as materialized (
            select n, name, hash, instance_id, correlation_id, execution_id, bookmark_id, convert_from(input, 'UTF8')::json as input, expires_at
            from unnest($1, $2, $3, $4, $5, $6, $7, $8) with ordinality
                as u(name, hash, instance_id, correlation_id, execution_id, bookmark_id, input, expires_at, n)),
        b as materialized (
            select s.n, s.hash, s.input, b.id, b.instance_id from s join engine.bookmarks b on b.hash = s.hash
                and (s.instance_id is null or b.instance_id = s.instance_id)
                and (s.correlation_id is null or b.correlation_id = s.correlation_id)
                and (s.execution_id is null or b.execution_id = s.execution_id)
                and (s.bookmark_id is null or b.id = s.bookmark_id)),
        t as materialized (
            select s.n, s.input, s.correlation_id, t.definition_version_id, t.activity_id from s join engine.triggers t on t.hash = s.hash
            where s.instance_id is null and s.execution_id is null and s.bookmark_id is null),
        resumed as (
            insert into engine.work (kind, instance_id, bookmark_id, hash, request)
            select 'resume', instance_id, id, hash, json_build_object('input', input) from b order by n, id returning 1),
        started as (
            insert into engine.work (kind, instance_id, definition_version_id, correlation_id, request)
            select 'start', engine.new_id(), definition_version_id, correlation_id, json_build_object('input', input, 'triggerActivityId', activity_id) from t order by n returning 1),
        kept as (
            insert into engine.bookmark_queue (name, hash, instance_id, correlation_id, execution_id, input, expires_at)
            select name, hash, instance_id, correlation_id, execution_id, input, expires_at from s
            where expires_at is not null and not exists (select from b where b.n = s.n) and not exists (select from t where t.n = s.n) order by n returning 1)
        select (select count(*) from resumed) + (select count(*) from started), (select count(*) from kept)
        """)
    {
        _name = Text(); _hash = Text(); _instance = Text(); _correlation = Text(); _execution = Text(); _bookmark = Text(); _input = Json(); _expires = OptionalTime();
    }

    public void Add(in StimulusRow row)
    {
        Count++;
        _name.Add(row.Name); _hash.Add(row.Hash); _instance.Add(row.InstanceId); _correlation.Add(row.CorrelationId); _execution.Add(row.ExecutionId);
        _bookmark.Add(row.BookmarkId); _input.Add(row.Input); _expires.Add(row.ExpiresAt);
    }
}
