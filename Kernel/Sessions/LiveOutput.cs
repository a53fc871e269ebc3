using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Sessions;

/// <summary>What a step has said so far, before it is recorded.</summary>
/// <param name="Id">Of the session; of the task, when its checks run.</param>
/// <param name="Seq">The entry of the transcript that it becomes: it is over when the transcript is longer. <see cref="Checks"/> for a task's checks.</param>
/// <param name="Text">The end of it.</param>
/// <param name="LeftOut">Characters before that.</param>
public sealed record LiveOutput(Guid Id, int Seq, string Text, long LeftOut, long Revision)
{
    public const int Checks = -1;

    /// <summary>Characters that are shown of a step that runs.</summary>
    public const int Longest = 32_000;

    internal static LiveOutput Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Number(), row.Text(), row.Long(), row.Long());
    }
}

/// <summary>
/// The words of steps that run, in a table that is not written to the log of the database: whoever watches may sit at another node. Never the truth, and never waited for.
/// </summary>
public sealed class LiveOutputStore(NpgsqlDataSource database)
{
    /// <summary>Longer than any step may take.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromHours(6);

    public Task WriteAsync(LiveOutput output, CancellationToken cancellation = default) =>
        database.RunAsync(
            """
            INSERT INTO live_output (id, seq, text, left_out, revision) VALUES (@id, @seq, @text, @left_out, @revision)
            ON CONFLICT (id) DO UPDATE SET seq = @seq, text = @text, left_out = @left_out, revision = @revision, written_at = now()
            """, cancellation, ("id", output.Id), ("seq", output.Seq), ("text", output.Text), ("left_out", output.LeftOut), ("revision", output.Revision));

    public Task<LiveOutput?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.FirstAsync("SELECT id, seq, text, left_out, revision FROM live_output WHERE id = @id", LiveOutput.Read, cancellation, ("id", id));

    /// <summary>The step is over. What a later step of the same session says meanwhile stays.</summary>
    public Task EndAsync(Guid id, int seq, CancellationToken cancellation = default) =>
        database.RunAsync("DELETE FROM live_output WHERE id = @id AND seq = @seq", cancellation, ("id", id), ("seq", seq));

    /// <summary>Removes what killed processes left behind. For the heartbeat.</summary>
    public Task<int> SweepAsync(CancellationToken cancellation = default) =>
        database.RunAsync("DELETE FROM live_output WHERE written_at < now() - @age", cancellation, ("age", Stale));
}
