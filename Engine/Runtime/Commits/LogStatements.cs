namespace AgentOS.Engine.Runtime.Commits;

internal sealed class InsertJournal : ColumnStatement
{
    private readonly List<string?> _instance, _execution, _event;
    private readonly List<long> _sequence;
    private readonly List<DateTime> _at;
    private readonly List<ReadOnlyMemory<byte>?> _detail;

    public InsertJournal() : base("""
        insert into engine.journal (instance_id, sequence, execution_id, event_name, at, detail)
        select instance_id, sequence, execution_id, event_name, at, convert_from(detail, 'UTF8')::json
        from unnest($1, $2, $3, $4, $5, $6) as u(instance_id, sequence, execution_id, event_name, at, detail)
        """)
    {
        _instance = Text(); _sequence = BigInt(); _execution = Text(); _event = Text(); _at = Time(); _detail = Json();
    }

    public void Add(string instance, in JournalRow row)
    {
        Count++;
        _instance.Add(instance); _sequence.Add(row.Sequence); _execution.Add(row.ExecutionId); _event.Add(row.EventName); _at.Add(row.At); _detail.Add(row.Detail);
    }
}

internal sealed class InsertExecutions : ColumnStatement
{
    private readonly List<string?> _id, _instance, _parent, _activity, _node, _type, _name, _status, _by, _byActivity, _byInstance;
    private readonly List<int> _version, _faults;
    private readonly List<int?> _depth;
    private readonly List<bool> _bookmarks, _retries;
    private readonly List<DateTime> _started;
    private readonly List<DateTime?> _completed;
    private readonly List<ReadOnlyMemory<byte>?> _detail;

    public InsertExecutions() : base("""
        insert into engine.activity_executions (id, instance_id, parent_id, activity_id, node_id, activity_type, activity_version, activity_name, status,
            started_at, completed_at, has_bookmarks, fault_count, scheduled_by, scheduled_by_activity, scheduled_by_instance, call_stack_depth, has_retries, detail)
        select id, instance_id, parent_id, activity_id, node_id, activity_type, activity_version, activity_name, status,
            started_at, completed_at, has_bookmarks, fault_count, scheduled_by, scheduled_by_activity, scheduled_by_instance, call_stack_depth, has_retries, convert_from(detail, 'UTF8')::json
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            as u(id, instance_id, parent_id, activity_id, node_id, activity_type, activity_version, activity_name, status,
                 started_at, completed_at, has_bookmarks, fault_count, scheduled_by, scheduled_by_activity, scheduled_by_instance, call_stack_depth, has_retries, detail)
        """)
    {
        _id = Text(); _instance = Text(); _parent = Text(); _activity = Text(); _node = Text(); _type = Text(); _version = Int(); _name = Text(); _status = Text();
        _started = Time(); _completed = OptionalTime(); _bookmarks = Boolean(); _faults = Int(); _by = Text(); _byActivity = Text(); _byInstance = Text();
        _depth = OptionalInt(); _retries = Boolean(); _detail = Json();
    }

    public void Add(string instance, in ExecutionRow row)
    {
        Count++;
        _id.Add(row.Id); _instance.Add(instance); _parent.Add(row.ParentId); _activity.Add(row.ActivityId); _node.Add(row.NodeId); _type.Add(row.ActivityType);
        _version.Add(row.ActivityVersion); _name.Add(row.ActivityName); _status.Add(row.Status); _started.Add(row.StartedAt); _completed.Add(row.CompletedAt);
        _bookmarks.Add(row.HasBookmarks); _faults.Add(row.FaultCount); _by.Add(row.ScheduledBy); _byActivity.Add(row.ScheduledByActivity);
        _byInstance.Add(row.ScheduledByInstance); _depth.Add(row.CallStackDepth); _retries.Add(row.HasRetries); _detail.Add(row.Detail);
    }
}

internal sealed class UpdateExecutions : ColumnStatement
{
    private readonly List<string?> _id, _instance, _status;
    private readonly List<DateTime?> _completed;
    private readonly List<bool> _bookmarks, _retries;
    private readonly List<int> _faults;
    private readonly List<ReadOnlyMemory<byte>?> _detail;

    public UpdateExecutions() : base("""
        update engine.activity_executions e
        set status = u.status, completed_at = u.completed_at, has_bookmarks = u.has_bookmarks, fault_count = u.fault_count, has_retries = u.has_retries, detail = convert_from(u.detail, 'UTF8')::json
        from unnest($1, $2, $3, $4, $5, $6, $7, $8) as u(instance_id, id, status, completed_at, has_bookmarks, fault_count, has_retries, detail)
        where e.instance_id = u.instance_id and e.id = u.id and e.instance_id = any($1) and e.id = any($2)
        """)
    {
        _instance = Text(); _id = Text(); _status = Text(); _completed = OptionalTime(); _bookmarks = Boolean(); _faults = Int(); _retries = Boolean(); _detail = Json();
    }

    public void Add(string instance, in ExecutionRow row)
    {
        Count++;
        _instance.Add(instance); _id.Add(row.Id); _status.Add(row.Status); _completed.Add(row.CompletedAt); _bookmarks.Add(row.HasBookmarks);
        _faults.Add(row.FaultCount); _retries.Add(row.HasRetries); _detail.Add(row.Detail);
    }
}
