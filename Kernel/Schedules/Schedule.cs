using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Schedules;

/// <summary>A row of <c>schedules</c>: when an agent's duty is due.</summary>
public sealed record Schedule(Guid Id, Guid AgentId, string AgentName, AgentRole Role, string CronExpression, bool Enabled, DateTimeOffset? LastRun, DateTimeOffset? NextRun, DateTimeOffset CreatedAt)
{
    internal const string Columns = "s.id, s.agent_id, a.name, a.role, s.cron_expression, s.enabled, s.last_run, s.next_run, s.created_at";

    internal static Schedule Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Id(), row.Text(), row.Word<AgentRole>(), row.Text(), row.Truth(), row.OptionalTime(), row.OptionalTime(), row.Time());
    }
}
