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

    /// <summary>Entries that a reader takes at a time.</summary>
    public const int ReadAtOnce = 1000;

    /// <summary>Entries that one look back goes through at most: some hundredths of a second.</summary>
    private const int SearchedAtOnce = 20_000;

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
        var page = await ListAsync("l.position < @before", "DESC", filter, Math.Clamp(limit, 1, 1000), cancellation, ("before", before ?? long.MaxValue));
        page.Reverse();
        return page;
    }

    /// <summary>
    /// Looks back from a position (null: from the end). A filter that no index serves is looked for in so many entries at a time: the page may then be short, or
    /// empty, and not be the last.
    /// </summary>
    public async Task<LogPage> LookBackAsync(LogFilter filter, long? before = null, int limit = 50, CancellationToken cancellation = default)
    {
        var from = before ?? await database.ScalarAsync<long>("SELECT COALESCE(max(position), 0) FROM activities", cancellation) + 1;
        var isSearch = filter is { TaskId: null } and not { EventPrefix: null, Text: null, RepositoryId: null };
        var to = isSearch ? Math.Max(0, from - SearchedAtOnce) : 0;
        // Without a lower end where none is meant: a plan that is made for all values would take the range for a small part, and go through all of the log.
        var found = to == 0
            ? await ListAsync("l.position < @from", "DESC", filter, Math.Clamp(limit, 1, 500), cancellation, ("from", from))
            : await ListAsync("l.position < @from AND l.position >= @to", "DESC", filter, Math.Clamp(limit, 1, 500), cancellation, ("from", from), ("to", to));
        return new(found, found.Count == limit ? found[^1].Position : to > 1 ? to : null);
    }

    /// <summary>Entries after a position, in order; those that were committed late may come after younger ones.</summary>
    public Task<List<ActivityEntry>> AfterAsync(long position, LogFilter? filter = null, int limit = 500, CancellationToken cancellation = default) =>
        ListAsync("l.position > @after", "ASC", filter, Math.Clamp(limit, 1, 1000), cancellation, ("after", position));

    /// <summary>Entries as they come, each once, until cancelled. Looks at every notification, and every second without one.</summary>
    /// <param name="after">The position of the last entry that the reader has; null: only what is new.</param>
    public async IAsyncEnumerable<ActivityEntry> StreamAsync(long? after = null, LogFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var subscription = notifications.Subscribe();
        var reader = await OpenAsync(after, filter, cancellation);
        while (!cancellation.IsCancellationRequested)
        {
            var next = await reader.NextAsync(cancellation);
            foreach (var entry in next) yield return entry;
            if (next.Count < ReadAtOnce) await subscription.WaitAsync(TimeSpan.FromSeconds(1), cancellation);
        }
    }

    /// <summary>Reads on from a position (null: from the end) whenever it is asked.</summary>
    public async Task<Reader> OpenAsync(long? after = null, LogFilter? filter = null, CancellationToken cancellation = default)
    {
        var last = after ?? await database.ScalarAsync<long>("SELECT COALESCE(max(position), 0) FROM activities", cancellation);
        // What is at or before the reader's position counts as had: it was complete when it was read.
        return new(this, filter, last, (await AfterAsync(Math.Max(0, last - LookBack), filter, LookBack, cancellation)).Select(entry => entry.Position).Where(position => position <= last));
    }

    /// <summary>One reader's place in the log. For one caller at a time.</summary>
    public sealed class Reader
    {
        private readonly ActivityLog _log;
        private readonly LogFilter? _filter;
        private readonly HashSet<long> _had;
        private long _last;

        internal Reader(ActivityLog log, LogFilter? filter, long last, IEnumerable<long> had) => (_log, _filter, _last, _had) = (log, filter, last, [.. had]);

        /// <summary>What came since, each entry once, in order, <see cref="ReadAtOnce"/> at most; those that were committed late may come after younger ones.</summary>
        public async Task<List<ActivityEntry>> NextAsync(CancellationToken cancellation = default)
        {
            // What it had is not read again: this is asked at every change.
            var found = await _log.ListAsync("l.position > @after AND l.position <> ALL (@had)", "ASC", _filter, ReadAtOnce, cancellation, ("after", Math.Max(0, _last - LookBack)), ("had", _had.ToArray()));
            foreach (var entry in found)
            {
                _had.Add(entry.Position);
                _last = Math.Max(_last, entry.Position);
            }

            _had.RemoveWhere(position => position <= _last - LookBack);
            return found;
        }
    }

    /// <summary>Only the conditions that are asked for stand in the statement: each then has its own plan, and index.</summary>
    private Task<List<ActivityEntry>> ListAsync(string where, string order, LogFilter? filter, int limit, CancellationToken cancellation, params IEnumerable<(string, object?)> bounds)
    {
        List<string> conditions = [where];
        List<(string, object?)> parameters = [.. bounds, ("limit", limit)];
        var text = Pattern(filter?.Text);
        Add(text is not null, "l.message ILIKE @text", "text", text);
        Add(filter?.EventPrefix is not null, "starts_with(l.event_type, @prefix)", "prefix", filter?.EventPrefix);
        Add(filter?.AgentId is not null, "l.agent_id = @agent", "agent", filter?.AgentId);
        Add(filter?.RepositoryId is not null, "EXISTS (SELECT FROM tasks own WHERE own.id = l.task_id AND own.repository_id = @repository)", "repository", filter?.RepositoryId);
        Add(filter?.TaskId is not null, filter is { WithChildren: true }
            // As an array: the tree is walked once, before the log is looked at.
            ? "l.task_id = ANY (ARRAY(WITH RECURSIVE tree AS (SELECT @task AS id UNION ALL SELECT c.id FROM tasks c JOIN tree p ON c.parent_task_id = p.id) SELECT id FROM tree))"
            : "l.task_id = @task", "task", filter?.TaskId);
        return database.SearchAsync(
            $"SELECT {ActivityEntry.Columns} FROM activities l LEFT JOIN agents a ON a.id = l.agent_id WHERE {string.Join(" AND ", conditions)} ORDER BY l.position {order} LIMIT @limit",
            ActivityEntry.Read, cancellation, [.. parameters]);

        void Add(bool isAsked, string condition, string name, object? value)
        {
            if (!isAsked) return;
            conditions.Add(condition);
            parameters.Add((name, value));
        }
    }

    private static string? Pattern(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : $"%{text.Trim().Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";
}
