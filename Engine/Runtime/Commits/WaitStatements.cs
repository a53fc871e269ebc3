namespace AgentOS.Engine.Runtime.Commits;

internal sealed class BurnBookmarks : ColumnStatement
{
    private readonly List<string?> _id;

    public BurnBookmarks() : base("delete from engine.bookmarks where id = any($1)") => _id = Text();

    public void Add(string id) { Count++; _id.Add(id); }
}

internal sealed class InsertBookmarks : ColumnStatement
{
    private readonly List<string?> _id, _instance, _execution, _activity, _node, _name, _hash, _correlation;
    private readonly List<ReadOnlyMemory<byte>?> _payload, _metadata;
    private readonly List<DateTime> _created;

    public InsertBookmarks() : base("""
        insert into engine.bookmarks (id, instance_id, execution_id, activity_id, node_id, name, hash, correlation_id, payload, metadata, created_at)
        select id, instance_id, execution_id, activity_id, node_id, name, hash, correlation_id, convert_from(payload, 'UTF8')::json, convert_from(metadata, 'UTF8')::json, created_at
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            as u(id, instance_id, execution_id, activity_id, node_id, name, hash, correlation_id, payload, metadata, created_at)
        """)
    {
        _id = Text(); _instance = Text(); _execution = Text(); _activity = Text(); _node = Text(); _name = Text(); _hash = Text(); _correlation = Text();
        _payload = Json(); _metadata = Json(); _created = Time();
    }

    public void Add(string instance, in BookmarkRow row)
    {
        Count++;
        _id.Add(row.Id); _instance.Add(instance); _execution.Add(row.ExecutionId); _activity.Add(row.ActivityId); _node.Add(row.NodeId); _name.Add(row.Name);
        _hash.Add(row.Hash); _correlation.Add(row.CorrelationId); _payload.Add(row.Payload); _metadata.Add(row.Metadata); _created.Add(row.CreatedAt);
    }
}

internal sealed class InsertTimers : ColumnStatement
{
    private readonly List<string?> _bookmark, _instance;
    private readonly List<DateTime> _due;

    public InsertTimers() : base("""
        insert into engine.timers (id, due_at, kind, instance_id, bookmark_id)
        select bookmark_id, due_at, 'once', instance_id, bookmark_id from unnest($1, $2, $3) as u(bookmark_id, instance_id, due_at)
        """)
    {
        _bookmark = Text(); _instance = Text(); _due = Time();
    }

    public void Add(string instance, in TimerRow row) { Count++; _bookmark.Add(row.BookmarkId); _instance.Add(instance); _due.Add(row.DueAt); }
}

/// <summary>New bookmarks take the events that were sent before them: the oldest one each.</summary>
internal sealed class TakeEarlyEvents : ColumnStatement
{
    private readonly List<string?> _id;

    public TakeEarlyEvents() : base(Events.EarlyEvents.TakeSql("b.id = any($1)", "q.hash = any(array(select hash from engine.bookmarks where id = any($1)))")) => _id = Text();

    public void Add(string id) { Count++; _id.Add(id); }
}
