using System.Text.Json.Serialization;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.ModelCalls;

/// <summary>By what costs are added up.</summary>
[JsonConverter(typeof(WordConverter<CostBy>))]
public enum CostBy { Day, Agent, Model, Repository, Goal, Task }

/// <summary>What model calls cost together.</summary>
/// <param name="Key">The day (UTC, <c>2026-01-31</c>), the name of the agent, the model or the repository, or the id of the goal or task; <c>none</c> for calls that belong to none.</param>
/// <param name="Name">As a person calls it.</param>
/// <param name="InputTokens">Those that were cached among them.</param>
/// <param name="CostUsd">Calls under way count with what is reserved for them.</param>
/// <param name="SpentUsd">By goal or task: what it has spent in all its time, with everything below it.</param>
/// <param name="BudgetUsd">By goal or task: what it may spend; null: it has no limit of its own.</param>
public sealed record Cost(string Key, string Name, int Calls, long InputTokens, long CachedInputTokens, long OutputTokens, decimal CostUsd, decimal? SpentUsd = null, decimal? BudgetUsd = null)
{
    internal static Cost Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Text(), row.Text(), row.Number(), row.Long(), row.Long(), row.Long(), row.Money(), row.OptionalMoney(), row.OptionalMoney());
    }
}

/// <summary>Adds up what models cost.</summary>
public sealed class CostStore(NpgsqlDataSource database)
{
    public const int MostDays = 366;

    // What has ended is added up already (model_costs); what is under way is little, and has an index of its own.
    private const string Asked =
        """
        SELECT day, provider, model, agent_id, repository_id, goal_id, calls, input_tokens, cached_input_tokens, output_tokens, cost_usd
        FROM model_costs WHERE day > (now() AT TIME ZONE 'UTC')::date - @days
        UNION ALL
        SELECT (c.started_at AT TIME ZONE 'UTC')::date, c.provider, c.model, s.agent_id, t.repository_id, CASE t.kind WHEN 'goal' THEN t.id ELSE t.parent_task_id END, 1, 0, 0, 0, c.reserved_usd
        FROM model_calls c LEFT JOIN agent_sessions s ON s.id = c.session_id LEFT JOIN tasks t ON t.id = c.task_id
        WHERE c.outcome = 'started' AND (c.started_at AT TIME ZONE 'UTC')::date > (now() AT TIME ZONE 'UTC')::date - @days
        """;

    // By task there is nothing added up.
    private const string AskedByTask =
        """
        SELECT c.task_id, 1 AS calls, c.input_tokens, c.cached_input_tokens, c.output_tokens, COALESCE(c.cost_usd, c.reserved_usd) AS cost_usd
        FROM model_calls c WHERE c.started_at >= ((now() AT TIME ZONE 'UTC')::date - @days + 1) AT TIME ZONE 'UTC'
        """;

    /// <summary>Costs of the last days, today (UTC) included: days in order, all else the dearest first.</summary>
    /// <param name="days">1 to <see cref="MostDays"/>.</param>
    /// <param name="by">A task of a goal counts for the goal right above it; a goal's own calls for itself.</param>
    public Task<List<Cost>> ListAsync(CostBy by, int days = 30, int limit = 100, CancellationToken cancellation = default) =>
        database.SearchAsync(
            $"WITH asked AS ({(by == CostBy.Task ? AskedByTask : Asked)}) {Together(by, "asked")}", Cost.Read, cancellation, ("days", Math.Clamp(days, 1, MostDays)), ("limit", Math.Clamp(limit, 1, 1000)));

    /// <summary>The same costs from several sides, added up together. Of goals there may be very many: all other sides come from what is left without them.</summary>
    /// <param name="limit">Of each side, but for the days.</param>
    public async Task<IReadOnlyDictionary<CostBy, List<Cost>>> SidesAsync(int days = 30, int limit = 50, CancellationToken cancellation = default)
    {
        CostBy[] sides = [CostBy.Day, CostBy.Agent, CostBy.Model, CostBy.Repository, CostBy.Goal];
        var rows = await database.SearchAsync(
            $"""
            WITH asked AS MATERIALIZED ({Asked}), without_goals AS MATERIALIZED (
                SELECT day, provider, model, agent_id, repository_id, sum(calls) AS calls, sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
                    sum(output_tokens)::bigint AS output_tokens, sum(cost_usd) AS cost_usd
                FROM asked GROUP BY 1, 2, 3, 4, 5
            )
            {string.Join(" UNION ALL ", sides.Select(side => $"(SELECT c.*, '{side.Word()}' FROM ({Together(side, side == CostBy.Goal ? "asked" : "without_goals")}) c)"))}
            """, reader => (Side: Words.Parse<CostBy>(reader.GetString(reader.FieldCount - 1)), Cost: Cost.Read(reader)),
            cancellation, ("days", Math.Clamp(days, 1, MostDays)), ("limit", Math.Clamp(limit, 1, 1000)));
        return sides.ToDictionary(side => side, side => rows.Where(row => row.Side == side).Select(row => row.Cost).ToList());
    }

    private static string Together(CostBy by, string asked)
    {
        var (key, name, noun) = by switch
        {
            CostBy.Day => ("to_char(day, 'YYYY-MM-DD')", "key", ""),
            CostBy.Model => ("provider || '/' || model", "key", ""),
            CostBy.Agent => ("agent_id", "n.name", "agents"),
            CostBy.Repository => ("repository_id", "n.name", "repositories"),
            CostBy.Task => ("task_id", "n.title", "tasks"),
            _ => ("goal_id", "n.title", "tasks"),
        };
        var shownKey = by is CostBy.Agent or CostBy.Repository ? name : "key::text";
        var (order, limit) = by == CostBy.Day ? ("1", $"{MostDays}") : ("cost DESC, 1", "@limit");
        return $"""
            SELECT COALESCE({shownKey}, 'none'), COALESCE({name}, 'none'), calls, input, cached, output, cost, {(noun == "tasks" ? "n.spent_usd, n.budget_usd" : "NULL::numeric, NULL::numeric")} FROM (
                SELECT {key} AS key, sum(calls)::int AS calls, sum(input_tokens)::bigint AS input, sum(cached_input_tokens)::bigint AS cached, sum(output_tokens)::bigint AS output, sum(cost_usd) AS cost
                FROM {asked} GROUP BY 1 ORDER BY {order} LIMIT {limit}
            ) together {(noun == "" ? "" : $"LEFT JOIN {noun} n ON n.id = key")} ORDER BY {(by == CostBy.Day ? "key" : "cost DESC, key")}
            """;
    }
}
