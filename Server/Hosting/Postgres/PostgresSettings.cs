namespace AgentOS.Server.Hosting.Postgres;

/// <summary>How the private server is tuned. What makes a commit durable (fsync, synchronous_commit, full_page_writes) stays on.</summary>
internal static class PostgresSettings
{
    public static Dictionary<string, string> For(long memoryBytes)
    {
        var buffers = Math.Clamp(memoryBytes / 16 / (1 << 20), 64, 512);
        return new()
        {
            ["shared_buffers"] = $"{buffers}MB",
            ["effective_cache_size"] = $"{Math.Max(buffers * 4, memoryBytes / 2 / (1 << 20))}MB",
            ["max_connections"] = "200",
            // Short transactions on small rows: compiled plans and parallel scans cost more than they bring.
            ["jit"] = "off",
            ["max_parallel_workers_per_gather"] = "0",
            ["max_parallel_maintenance_workers"] = "0",
            ["random_page_cost"] = "1.1",
            ["io_method"] = "sync",
            // No replica reads this log: the least that crash recovery needs.
            ["wal_level"] = "minimal",
            ["max_wal_senders"] = "0",
            ["wal_buffers"] = "16MB",
            ["min_wal_size"] = "128MB",
            ["max_wal_size"] = "2GB",
            ["checkpoint_timeout"] = "15min",
            // Queue-like tables: many dead rows in few pages.
            ["autovacuum_naptime"] = "15s",
            ["autovacuum_vacuum_cost_delay"] = "0",
            // A client that died in a transaction must not hold locks for ever.
            ["idle_in_transaction_session_timeout"] = "5min",
            ["password_encryption"] = "scram-sha-256",
            ["logging_collector"] = "on",
            ["log_directory"] = "log",
            ["log_filename"] = "postgresql-%a.log",
            ["log_truncate_on_rotation"] = "on",
            ["log_rotation_age"] = "1d",
            ["log_rotation_size"] = "0",
            ["log_min_messages"] = "warning",
            ["log_timezone"] = "UTC",
            ["timezone"] = "UTC",
        };
    }
}
