using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Tasks;

public sealed partial class TaskStore
{
    /// <summary>
    /// Puts several tasks in the place of one: they come after what it came after, what came after it comes after all of them, and it is cancelled. All or nothing.
    /// </summary>
    /// <param name="inOrder">Each part comes after the one before it.</param>
    /// <returns>The parts, in their order.</returns>
    /// <exception cref="RefusedException">It is in a state in which that cannot be; the message says why.</exception>
    public async Task<IReadOnlyList<AgentTask>> SplitAsync(Guid id, IReadOnlyList<SplitPart> parts, bool inOrder = false, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ListAsync(AgentStore.WorkersLock, _ => 0, cancellation);
        var task = (await connection.ListAsync($"SELECT {AgentTask.Columns} FROM tasks t WHERE id = @id FOR NO KEY UPDATE", AgentTask.Read, cancellation, ("id", id))).SingleOrDefault()
            ?? throw new NotFoundException("task", id);
        if (TaskSplit.Problem(task, parts) is { } problem) throw new RefusedException(problem);
        var before = await connection.ListAsync("SELECT depends_on_id FROM task_dependencies WHERE task_id = @id", row => row.GetGuid(0), cancellation, ("id", id));
        var made = TaskSplit.Parts(task, parts, before, inOrder);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(Command(Insert, ("tasks", JsonText.Of(made.Select(part => Row(part, null, null))))));
            batch.BatchCommands.Add(Command("INSERT INTO task_dependencies (task_id, depends_on_id) SELECT * FROM unnest(@tasks::uuid[], @on::uuid[]) ON CONFLICT DO NOTHING",
                ("tasks", made.SelectMany(part => part.DependsOn.Select(_ => part.Id)).ToArray()), ("on", made.SelectMany(part => part.DependsOn).ToArray())));
            batch.BatchCommands.Add(Command(
                """
                WITH moved AS (DELETE FROM task_dependencies WHERE depends_on_id = @id RETURNING task_id)
                INSERT INTO task_dependencies (task_id, depends_on_id) SELECT m.task_id, part FROM moved m, unnest(@parts::uuid[]) AS part
                """, ("id", id), ("parts", made.Select(part => part.Id).ToArray())));
            await RunAsync(batch, cancellation);
        }

        await CancelAsync(connection, task, [id], $"split into {made.Count} tasks", null, cancellation);
        await transaction.CommitAsync(cancellation);
        var all = (await connection.ListAsync($"SELECT {AgentTask.Columns} FROM tasks t WHERE id = ANY(@ids)", AgentTask.Read, cancellation, ("ids", made.Select(part => part.Id).ToArray()))).ToDictionary(task => task.Id);
        return [.. made.Select(part => all[part.Id])];
    }
}
