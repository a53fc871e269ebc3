using System.Runtime.CompilerServices;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Notifications;
using Npgsql;

namespace AgentOS.Kernel.Log;

/// <summary>The log of everything that happened. Decisions write their entries themselves; this is for the rest, and for reading.</summary>
public sealed class ActivityLog(NpgsqlDataSource database, KernelNotifications notifications)
{
    /// <summary>
    /// Positions are given out before their transactions commit, so a later one can be seen first. A reader looks back this far again and leaves out
    /// what it has had.
    /// </summary>
    private const int LookBack = 200;

    private const string Matches =
        """
        (@agent::uuid IS NULL OR l.agent_id = @agent) AND (@prefix::text IS NULL OR starts_with(l.event_type, @prefix))
        AND (@task::uuid IS NULL OR l.task_id = @task OR @children AND l.task_id IN (
            WITH RECURSIVE tree AS (SELECT id FROM tasks WHERE id = @task UNION ALL SELECT c.id FROM tasks c JOIN tree p ON c.parent_task_id = p.id) SELECT id FROM tree))
        """;

    public Task AppendAsync(NewActivity entry, CancellationToken cancellation = default) =>
        database.RunAsync(
            """
            WITH made AS (
                INSERT INTO activities (id, event_type, agent_id, task_id, message, metadata) VALUES (@id, @type, @agent, @task, @message, @metadata::jsonb)
                ON CONFLICT (id) DO NOTHING RETURNING id
            )
            SELECT pg_notify('agentos', json_build_object('kind', 'activity', 'id', id)::text) FROM made
            """, cancellation, ("id", entry.Id), ("type", entry.EventType), ("agent", entry.AgentId), ("task", entry.TaskId), ("message", entry.Message),
            ("metadata", entry.Metadata is null ? "{}" : JsonText.Of(entry.Metadata)));

    /// <summary>The newest entries before a position (null: of all), oldest first.</summary>
    public async Task<List<ActivityEntry>> PageAsync(LogFilter? filter = null, long? before = null, int limit = 100, CancellationToken cancellation = default)
    {
        var page = await database.ListAsync(
            $"""
            SELECT {ActivityEntry.Columns} FROM activities l LEFT JOIN agents a ON a.id = l.agent_id
            WHERE (@before::bigint IS NULL OR l.position < @before) AND {Matches} ORDER BY l.position DESC LIMIT @limit
            """, ActivityEntry.Read, cancellation, [("before", before), ("limit", Math.Clamp(limit, 1, 1000)), .. Parameters(filter)]);
        page.Reverse();
        return page;
    }

    /// <summary>Entries after a position, in order; those that were committed late may come after younger ones.</summary>
    public Task<List<ActivityEntry>> AfterAsync(long position, LogFilter? filter = null, int limit = 500, CancellationToken cancellation = default) =>
        database.ListAsync(
            $"""
            SELECT {ActivityEntry.Columns} FROM activities l LEFT JOIN agents a ON a.id = l.agent_id
            WHERE l.position > @after AND {Matches} ORDER BY l.position LIMIT @limit
            """, ActivityEntry.Read, cancellation, [("after", position), ("limit", Math.Clamp(limit, 1, 1000)), .. Parameters(filter)]);

    /// <summary>Entries as they come, each once, until cancelled. Looks at every notification, and every second without one.</summary>
    /// <param name="after">The position of the last entry that the reader has; null: only what is new.</param>
    public async IAsyncEnumerable<ActivityEntry> StreamAsync(long? after = null, LogFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var subscription = notifications.Subscribe();
        var newest = await database.ScalarAsync<long>("SELECT COALESCE(max(position), 0) FROM activities", cancellation);
        var last = after ?? newest;
        // What is at or before the reader's position counts as had: it was complete when it was read.
        var had = new HashSet<long>((await AfterAsync(Math.Max(0, last - LookBack), filter, LookBack, cancellation)).Select(entry => entry.Position).Where(position => position <= last));
        while (!cancellation.IsCancellationRequested)
        {
            List<ActivityEntry> found;
            do
            {
                found = await AfterAsync(Math.Max(0, last - LookBack), filter, 1000, cancellation);
                foreach (var entry in found)
                {
                    if (!had.Add(entry.Position)) continue;
                    last = Math.Max(last, entry.Position);
                    yield return entry;
                }

                had.RemoveWhere(position => position < last - LookBack);
            }
            while (found.Count == 1000);

            await subscription.WaitAsync(TimeSpan.FromSeconds(1), cancellation);
        }
    }

    private static (string, object?)[] Parameters(LogFilter? filter) =>
        [("agent", filter?.AgentId), ("task", filter?.TaskId), ("children", filter?.WithChildren ?? false), ("prefix", filter?.EventPrefix)];
}
