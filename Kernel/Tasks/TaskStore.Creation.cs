using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Tasks;

public sealed partial class TaskStore
{
    private const string Insert =
        """
        WITH given AS (
            SELECT * FROM jsonb_to_recordset(@tasks::jsonb) AS g(id uuid, kind text, title text, description text, status text, priority int, assignee_id uuid, created_by uuid,
                parent_task_id uuid, repository_id uuid, max_attempts int, budget_usd numeric, files text[], plan_key text, created_by_step text, instance text, workers int, models jsonb)
        )
        INSERT INTO tasks (id, kind, title, description, status, priority, assignee_id, created_by, parent_task_id, repository_id, max_attempts, budget_usd, files, plan_key, created_by_step, workflow_instance_id, workers, models)
        SELECT id, kind, title, description, status, priority, assignee_id, created_by, parent_task_id, repository_id, max_attempts, budget_usd, files, plan_key, created_by_step, instance, workers, models FROM given
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Makes a task; the same id again gives the one that is there.</summary>
    /// <exception cref="RefusedException">The goal has ended, or the dependencies do not fit.</exception>
    public async Task<AgentTask> CreateAsync(NewTask task, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Command(Insert, ("tasks", JsonText.Of(new[] { Row(task, null, null) }))));
        if (task.DependsOn.Count > 0)
            batch.BatchCommands.Add(Command(
                "INSERT INTO task_dependencies (task_id, depends_on_id) SELECT @task, unnest(@on::uuid[]) ON CONFLICT DO NOTHING", ("task", task.Id), ("on", task.DependsOn.ToArray())));
        await RunAsync(batch, cancellation);
        return (await connection.ListAsync(ById, AgentTask.Read, cancellation, ("id", task.Id))).SingleOrDefault() ?? throw new NotFoundException("task", task.Id);
    }

    /// <summary>
    /// Makes a planner's tasks and their dependencies, all or none. The same step run again makes nothing and gives what it made before.
    /// Keys of earlier plans of the goal can be depended on, but not used again.
    /// </summary>
    /// <returns>In the order of the plan.</returns>
    public async Task<IReadOnlyList<AgentTask>> CreatePlanAsync(Guid goalId, string step, IReadOnlyList<PlanItem> items, Guid? plannerId = null, CancellationToken cancellation = default)
    {
        var rows = items.Select(item => Row(new NewTask(item.Title, item.Kind)
        {
            Description = item.Description, Priority = item.Priority, ParentTaskId = goalId, CreatedBy = plannerId, Files = item.Files, MaxAttempts = item.MaxAttempts,
        }, item.Key, step));
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(Command(Insert, ("tasks", JsonText.Of(rows))));
            batch.BatchCommands.Add(Command(
                """
                INSERT INTO task_dependencies (task_id, depends_on_id)
                SELECT t.id, o.id FROM jsonb_to_recordset(@edges::jsonb) AS e(key text, on_key text)
                JOIN tasks t ON t.parent_task_id = @goal AND t.plan_key = e.key AND t.created_by_step = @step
                JOIN tasks o ON o.parent_task_id = @goal AND o.plan_key = e.on_key
                ON CONFLICT DO NOTHING
                """,
                ("edges", JsonText.Of(items.SelectMany(item => item.DependsOn.Select(on => new { key = item.Key, on_key = on })))), ("goal", goalId), ("step", step)));
            await RunAsync(batch, cancellation);
        }

        var made = await connection.ListAsync(
            $"SELECT {AgentTask.Columns} FROM tasks t WHERE parent_task_id = @goal AND plan_key = ANY(@keys)", AgentTask.Read, cancellation,
            ("goal", goalId), ("keys", items.SelectMany(item => item.DependsOn.Append(item.Key)).Distinct().ToArray()));
        var known = made.ToDictionary(task => task.PlanKey!);
        var mine = await connection.ListAsync("SELECT plan_key FROM tasks WHERE parent_task_id = @goal AND created_by_step = @step", row => row.GetString(0), cancellation, ("goal", goalId), ("step", step));
        foreach (var item in items)
        {
            if (!mine.Contains(item.Key)) throw new RefusedException($"The key '{item.Key}' stands for another task of this goal already. Give the new task a key of its own.");
            foreach (var on in item.DependsOn)
                if (!known.ContainsKey(on)) throw new RefusedException($"'{item.Key}' depends on '{on}', which is no task of this goal.");
        }

        await transaction.CommitAsync(cancellation);
        return [.. items.Select(item => known[item.Key])];
    }

    private static NpgsqlBatchCommand Command(string sql, params (string Name, object? Value)[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var (name, value) in parameters) command.Parameters.Add(new NpgsqlParameter(name, value ?? DBNull.Value));
        return command;
    }

    private static async Task RunAsync(NpgsqlBatch batch, CancellationToken cancellation)
    {
        try
        {
            await batch.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException error) when (error.SqlState.StartsWith("AO", StringComparison.Ordinal))
        {
            throw new RefusedException(Sentence(error.MessageText), error);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.CheckViolation or PostgresErrorCodes.StringDataRightTruncation)
        {
            throw new RefusedException($"The task does not fit: {error.MessageText}.", error);
        }
    }

    private static string Sentence(string message) => $"{char.ToUpperInvariant(message[0])}{message[1..]}.";

    private static object Row(NewTask task, string? key, string? step) => new
    {
        id = task.Id, kind = task.Kind.Word(), title = task.Title, description = task.Description,
        status = (task.AssigneeId is null ? TaskState.Inbox : TaskState.Assigned).Word(),
        priority = task.Priority, assignee_id = task.AssigneeId, created_by = task.CreatedBy, parent_task_id = task.ParentTaskId, repository_id = task.RepositoryId,
        max_attempts = task.MaxAttempts, budget_usd = task.BudgetUsd, files = task.Files, plan_key = key, created_by_step = step, instance = task.WorkflowInstanceId, workers = task.Workers, models = task.Models,
    };
}
