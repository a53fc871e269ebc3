using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Execution;
using Elsa.Workflows;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.Runtime.Results;
using Npgsql;

namespace AgentOS.Engine.Runtime.Events;

/// <summary>Sends stimuli: into the queue, or (synchronously) to every bookmark and trigger that fits, one after the other.</summary>
internal sealed class Stimuli(EngineDatabase database, Committer committer, StimulusQueue queue, IStimulusHasher hasher, InstanceRunner runner, TimeProvider time) : IStimulusSender
{
    /// <summary>Part of the current burst's transaction if there is one, else of one of its own.</summary>
    public async Task PublishAsync(string name, string hash, StimulusMetadata? to, bool keep)
    {
        IdLength.Checked(to?.CorrelationId, "The correlation id");
        var expiry = keep ? queue.ExpiryOf(to?.WorkflowInstanceId, to?.CorrelationId, time) : (DateTime?)null;
        var row = new StimulusRow(name, hash, to?.WorkflowInstanceId, to?.CorrelationId, to?.ActivityInstanceId, to?.BookmarkId, to?.Input is { Count: > 0 } input ? WorkRequest.Bytes(input) : (ReadOnlyMemory<byte>?)null, expiry);
        if (Burst.Current is { } burst)
        {
            burst.Publish(row);
            return;
        }
        var commit = new InstanceCommit();
        commit.Published.Add(row);
        await committer.CommitAsync(commit);
    }

    public Task<SendStimulusResult> SendAsync(string activityTypeName, object stimulus, StimulusMetadata? metadata = null, CancellationToken cancellationToken = default) =>
        SendAsync(activityTypeName, hasher.Hash(activityTypeName, stimulus, metadata?.ActivityInstanceId), metadata, cancellationToken);

    public Task<SendStimulusResult> SendAsync(string stimulusHash, StimulusMetadata? metadata = null, CancellationToken cancellationToken = default) => SendAsync("", stimulusHash, metadata, cancellationToken);

    public async Task<SendStimulusResult> SendAsync(string name, string hash, StimulusMetadata? metadata, CancellationToken cancellationToken)
    {
        // Within a burst the answer cannot be waited for: what the burst asks for does not exist before it is committed.
        if (Burst.Current is not null)
        {
            await PublishAsync(name, hash, metadata, keep: true);
            return new([]);
        }
        var (bookmarks, triggers) = await FindAsync(hash, metadata, cancellationToken);
        if (bookmarks.Count + triggers.Count == 0)
        {
            await PublishAsync(name, hash, metadata, keep: true);
            return new([]);
        }
        var responses = new List<RunWorkflowInstanceResponse>();
        foreach (var (version, activity) in triggers)
            if (await runner.StartAsync(version, new() { CorrelationId = metadata?.CorrelationId, Input = metadata?.Input, Properties = metadata?.Properties, TriggerActivityId = activity,
                    ParentWorkflowInstanceId = metadata?.ParentWorkflowInstanceId }, activate: true, cancellationToken) is { } started) responses.Add(InstanceRunner.Respond(started));
        foreach (var (bookmark, instance) in bookmarks)
            if (await runner.ResumeAsync(instance, new() { BookmarkId = bookmark, Input = metadata?.Input, Properties = metadata?.Properties }, cancellationToken) is { } resumed)
                responses.Add(InstanceRunner.Respond(resumed));
        return new(responses);
    }

    /// <summary>Bookmarks (with their instances) and triggers (with their activities) that wait for the stimulus.</summary>
    public async Task<(List<(string Bookmark, string Instance)> Bookmarks, List<(string Version, string Activity)> Triggers)> FindAsync(string hash, StimulusMetadata? to, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        // Only the conditions that are asked for stand in the statement: each then finds its index.
        var bookmarks = new NpgsqlBatchCommand("select id, instance_id from engine.bookmarks where hash = $1");
        bookmarks.Parameters.Add(new() { Value = hash });
        foreach (var (column, value) in new[] { ("instance_id", to?.WorkflowInstanceId), ("correlation_id", to?.CorrelationId), ("execution_id", to?.ActivityInstanceId), ("id", to?.BookmarkId) })
        {
            if (value is null) continue;
            bookmarks.Parameters.Add(new() { Value = value });
            bookmarks.CommandText += $" and {column} = ${bookmarks.Parameters.Count}";
        }
        bookmarks.CommandText += " order by created_at";
        batch.BatchCommands.Add(bookmarks);
        var startsNew = to is not { WorkflowInstanceId: not null } and not { ActivityInstanceId: not null } and not { BookmarkId: not null };
        var triggers = new NpgsqlBatchCommand("select definition_version_id, activity_id from engine.triggers where hash = $1 and $2");
        triggers.Parameters.Add(new() { Value = hash });
        triggers.Parameters.Add(new() { Value = startsNew });
        batch.BatchCommands.Add(triggers);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return (await ReadAsync(reader, cancellationToken), await reader.NextResultAsync(cancellationToken) ? await ReadAsync(reader, cancellationToken) : []);
    }

    public async Task<string?> InstanceOfBookmarkAsync(string bookmarkId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select instance_id from engine.bookmarks where id = $1");
        command.Parameters.Add(new() { Value = bookmarkId });
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task<List<(string, string)>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var rows = new List<(string, string)>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add((reader.GetString(0), reader.GetString(1)));
        return rows;
    }
}
