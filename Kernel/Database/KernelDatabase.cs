using Npgsql;

namespace AgentOS.Kernel.Database;

/// <summary>Connections as the stores expect them.</summary>
public static class KernelDatabase
{
    /// <param name="connectionString">Any PostgreSQL from version 15 on.</param>
    public static NpgsqlDataSource Open(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        // Unset is 0: prepared statements halve the cost of the short statements that the stores are made of.
        if (settings.MaxAutoPrepare == 0) settings.MaxAutoPrepare = 200;
        settings.AutoPrepareMinUsages = 2;
        // Connections are taken by turns, and each has to plan and to keep every statement for itself: more than the processors can serve make all of them slow.
        // Some are always held (notifications, commits), and a few wait for locks. Nobody may ask for a second one while holding one. (Unset is 100.)
        if (settings.MaxPoolSize == 100) settings.MaxPoolSize = 10 + 2 * Environment.ProcessorCount;
        // Nothing here leaves a setting, lock or subscription behind on a connection: to reset each one when it goes back would be a transaction for every statement.
        settings.NoResetOnClose = true;
        // Which task's budget was over stands in the detail of the refusal.
        settings.IncludeErrorDetail = true;
        settings.ApplicationName ??= "agentos";
        if (settings.KeepAlive == 0) settings.KeepAlive = 30;
        var source = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        source.UsePhysicalConnectionInitializer(connection => PlanOnce(connection, false).GetAwaiter().GetResult(), connection => PlanOnce(connection, true));
        return source.Build();
    }

    /// <summary>
    /// Nearly all statements find their rows by key: one plan does for all values. PostgreSQL would make five for each connection before it sees that, and to plan
    /// the larger ones takes longer than to run them. What depends on the values is a <see cref="Sql.SearchAsync"/>.
    /// </summary>
    private static async Task PlanOnce(NpgsqlConnection connection, bool isAsync)
    {
        await using var command = new NpgsqlCommand("SET plan_cache_mode = force_generic_plan", connection);
        if (isAsync) await command.ExecuteNonQueryAsync();
        else command.ExecuteNonQuery();
    }
}
