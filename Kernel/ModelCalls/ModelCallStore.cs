using AgentOS.Kernel.Database;
using AgentOS.Kernel.Sessions;
using Npgsql;

namespace AgentOS.Kernel.ModelCalls;

/// <summary>
/// Model calls and the money they cost. The rule for a call whose process died: the next start of the same step (or <see cref="SettleLostAsync"/>) settles it as <c>lost</c>
/// at its worst price, so that a crash can never make a budget larger than it is; then the step asks again.
/// </summary>
public sealed partial class ModelCallStore(NpgsqlDataSource database)
{
    /// <summary>Reserves the worst price and notes the call; or says that there is an answer already, or that a budget does not hold it. One round trip.</summary>
    public async Task<ModelCallStart> StartAsync(NewModelCall call, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, $"SELECT {ModelCall.Columns()} FROM model_calls c WHERE step_key = @step AND outcome = 'succeeded'", ("step", call.StepKey));
        Add(batch, "UPDATE model_calls SET outcome = 'lost', cost_usd = reserved_usd, ended_at = now(), error = 'The process that made the call is gone.' WHERE step_key = @step AND outcome = 'started' AND id <> @id",
            ("step", call.StepKey), ("id", call.Id));
        Add(batch,
            $"""
            WITH made AS (
                INSERT INTO model_calls (id, session_id, step_key, attempt, provider, model, request, reserved_usd)
                SELECT @id, @session::uuid, @step, (SELECT count(*) + 1 FROM model_calls WHERE step_key = @step), @provider, @model, @request::jsonb, @worst
                WHERE NOT EXISTS (SELECT FROM model_calls WHERE step_key = @step AND outcome = 'succeeded')
                ON CONFLICT (id) DO NOTHING RETURNING *
            )
            SELECT {ModelCall.Columns()} FROM made c
            """, ("id", call.Id), ("session", call.SessionId), ("step", call.StepKey), ("provider", call.Provider), ("model", call.Model), ("request", JsonText.Clean(call.Request)), ("worst", call.WorstPriceUsd));
        try
        {
            await using var rows = await batch.ExecuteReaderAsync(cancellation);
            if (await rows.ReadAsync(cancellation)) return new ModelCallStart.Recorded(ModelCall.Read(rows));
            await rows.NextResultAsync(cancellation);
            if (await rows.ReadAsync(cancellation)) return new ModelCallStart.Started(ModelCall.Read(rows));
        }
        catch (PostgresException error) when (error.Is(DatabaseErrors.OverBudget))
        {
            var over = new ModelCallStart.OverBudget(Guid.Parse(error.ColumnName!), $"{char.ToUpperInvariant(error.MessageText[0])}{error.MessageText[1..]}.");
            await connection.ListAsync("INSERT INTO activities (event_type, task_id, message) VALUES ('budget.reached', @task, @message)", _ => 0, cancellation, ("task", over.TaskId), ("message", over.Message));
            return over;
        }
        catch (PostgresException error) when (error.Is(PostgresErrorCodes.UniqueViolation))
        {
            throw new RefusedException($"The step {call.StepKey} is being asked by another process right now.", error);
        }

        return await connection.ListAsync(ById, ModelCall.Read, cancellation, ("id", call.Id)) is [{ Outcome: ModelCallOutcome.Started } same]
            ? new ModelCallStart.Started(same)
            : throw new RefusedException($"The step {call.StepKey} was answered in this moment. Start it again to get the answer.");
    }

    /// <summary>Settles a call that was answered, and adds what it said to the transcript, in one transaction.</summary>
    /// <returns>
    /// The new length of the transcript; null when it was not as long as expected: the call is settled all the same, and <see cref="StartAsync"/> gives its answer again.
    /// </returns>
    /// <exception cref="RefusedException">The call has ended already: this process was taken for dead.</exception>
    public async Task<int?> FinishAsync(Guid callId, ModelCallResult result, int expectedSeq = 0, IReadOnlyList<NewEntry>? entries = null, CancellationToken cancellation = default)
    {
        entries = [.. (entries ?? []).Select(entry => entry with { ModelCallId = callId })];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        Add(batch,
            """
            UPDATE model_calls SET outcome = 'succeeded', response = @response::jsonb, input_tokens = @input, cached_input_tokens = @cached, output_tokens = @output, cost_usd = @cost,
                retries = @retries, duration_ms = @duration, ended_at = now(), provider = coalesce(@provider, provider), model = coalesce(@model, model)
            WHERE id = @id AND outcome = 'started' RETURNING session_id
            """, ("id", callId), ("provider", result.Provider), ("model", result.Model), ("response", JsonText.Clean(result.Response)), ("input", result.InputTokens), ("cached", result.CachedInputTokens), ("output", result.OutputTokens),
            ("cost", result.CostUsd), ("retries", result.Retries), ("duration", (int)Math.Min(result.Duration.TotalMilliseconds, int.MaxValue)));
        // A statement of its own: settling already touched the session's row.
        Add(batch,
            $"""
            WITH call AS (SELECT session_id FROM model_calls WHERE id = @id AND outcome = 'succeeded' AND NOT EXISTS (SELECT FROM session_entries WHERE model_call_id = @id)),
            {SessionStore.Append.Replace("WHERE id = @session", "WHERE id = (SELECT session_id FROM call)", StringComparison.Ordinal)}
            SELECT count(*)::int, (SELECT pg_notify('agentos', json_build_object('kind', 'session', 'id', id, 'parent', task_id)::text) IS NULL FROM grown) FROM appended
            """, [("id", callId), ("seq", expectedSeq), .. SessionStore.Parameters(entries)]);
        int appended;
        await using (var rows = await batch.ExecuteReaderAsync(cancellation))
        {
            if (!await rows.ReadAsync(cancellation)) throw new RefusedException($"Model call {callId} has ended already: another process took its step over.");
            await rows.NextResultAsync(cancellation);
            await rows.ReadAsync(cancellation);
            appended = rows.GetInt32(0);
        }

        return appended == entries.Count ? expectedSeq + appended : null;
    }

    /// <summary>Settles a call that failed. The step may be asked again, of this or another model.</summary>
    /// <param name="costUsd">What it cost all the same; usually nothing.</param>
    public async Task FailAsync(Guid callId, string error, decimal costUsd = 0, int retries = 0, TimeSpan duration = default, CancellationToken cancellation = default) =>
        await database.RunAsync(
            "UPDATE model_calls SET outcome = 'failed', error = @error, cost_usd = @cost, retries = @retries, duration_ms = @duration, ended_at = now() WHERE id = @id AND outcome = 'started'",
            cancellation, ("id", callId), ("error", error), ("cost", costUsd), ("retries", retries), ("duration", (int)Math.Min(duration.TotalMilliseconds, int.MaxValue)));

    /// <summary>Settles calls that have been under way for longer than any call may take. For the heartbeat.</summary>
    /// <returns>How many.</returns>
    public Task<int> SettleLostAsync(TimeSpan olderThan, CancellationToken cancellation = default) =>
        database.RunAsync("UPDATE model_calls SET outcome = 'lost', cost_usd = reserved_usd, ended_at = now(), error = 'The process that made the call is gone.' WHERE outcome = 'started' AND started_at < now() - @age",
            cancellation, ("age", olderThan));

    private static readonly string ById = $"SELECT {ModelCall.Columns()} FROM model_calls c WHERE id = @id";

    public Task<ModelCall?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.FirstAsync(ById, ModelCall.Read, cancellation, ("id", id));

    /// <summary>The oldest first, without requests and responses.</summary>
    public Task<List<ModelCall>> ListAsync(Guid? sessionId = null, Guid? taskId = null, CancellationToken cancellation = default) =>
        database.ListAsync(
            $"SELECT {ModelCall.Columns(whole: false)} FROM model_calls c {Sql.Where((sessionId is not null, "session_id = @session"), (taskId is not null, "task_id = @task"))} ORDER BY started_at, id",
            ModelCall.Read, cancellation, ("session", sessionId), ("task", taskId));

    private static void Add(NpgsqlBatch batch, string sql, params (string Name, object? Value)[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var (name, value) in parameters) command.Parameters.Add(Sql.Parameter(name, value));
        batch.BatchCommands.Add(command);
    }
}
