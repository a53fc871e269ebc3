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
        // Nothing here leaves a setting, lock or subscription behind on a connection: to reset each one when it goes back would be a transaction for every statement.
        settings.NoResetOnClose = true;
        // Which task's budget was over stands in the detail of the refusal.
        settings.IncludeErrorDetail = true;
        settings.ApplicationName ??= "agentos";
        if (settings.KeepAlive == 0) settings.KeepAlive = 30;
        return NpgsqlDataSource.Create(settings);
    }
}
