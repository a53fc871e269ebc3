using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Database;
using AgentOS.Testing.Postgres;
using Npgsql;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>A database of its own with the engine's schema.</summary>
public sealed class EngineDatabaseFixture : IAsyncLifetime
{
    private TestDatabase? _database;

    public NpgsqlDataSource DataSource => _database!.DataSource;
    public EngineDatabase Database => new(DataSource);
    public string ConnectionString => _database!.ConnectionString;

    public async ValueTask InitializeAsync() =>
        _database = await TestDatabase.CreateAsync("engine " + string.Concat(Migrator.Scripts().Select(x => x.Sql)), x => Migrator.ApplyAsync(x));

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
    }

    public async Task<T?> ScalarAsync<T>(string sql, params object[] arguments)
    {
        await using var command = DataSource.CreateCommand(sql);
        foreach (var argument in arguments) command.Parameters.Add(new() { Value = argument });
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public async Task<int> ExecuteAsync(string sql, params object[] arguments)
    {
        await using var command = DataSource.CreateCommand(sql);
        foreach (var argument in arguments) command.Parameters.Add(new() { Value = argument });
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until a query says so: the database is the only thing that all processes share.</summary>
    public async Task UntilAsync(string sql, params object[] arguments)
    {
        var end = DateTime.UtcNow + TimeSpan.FromMinutes(2);
        while (!await ScalarAsync<bool>(sql, arguments))
        {
            (DateTime.UtcNow < end).ShouldBeTrue($"never: {sql}");
            await Task.Delay(20);
        }
    }

    /// <summary>How many rows each table of the engine has that belong to an instance.</summary>
    public async Task<string> FootprintAsync(string instance) => await ScalarAsync<string>("""
        select concat_ws(' ', (select count(*) from engine.workflow_instances where id = $1), (select count(*) from engine.journal where instance_id = $1),
            (select count(*) from engine.activity_executions where instance_id = $1), (select count(*) from engine.bookmarks where instance_id = $1),
            (select count(*) from engine.timers where instance_id = $1), (select count(*) from engine.work where parent_id = $1))
        """, instance) ?? "";

    /// <summary>A burst that touches every table.</summary>
    internal static InstanceCommit Burst(string id, long epoch = 0, bool goesOn = false, string subStatus = "Suspended", int first = 0)
    {
        var now = DateTime.UtcNow;
        var commit = new InstanceCommit
        {
            Epoch = epoch,
            GoesOn = goesOn,
            Instance = new(id, "sample", "sample:1", 1, subStatus is "Finished" ? "Finished" : "Running", subStatus, null, null, null, 0, false, null, now, now,
                subStatus is "Finished" ? now : null, "{\"step\":1}"u8.ToArray())
        };
        var execution = $"{id}-{first}";
        commit.NewExecutions.Add(new(execution, null, "a", "w:a", "Elsa.WriteLine", 1, null, "Completed", now, now, false, 0, null, null, null, null, false, "{}"u8.ToArray()));
        commit.Journal.Add(new(first, execution, "Started", now, null));
        commit.Journal.Add(new(first + 1, execution, "Completed", now, "{\"message\":\"\\u0000\"}"u8.ToArray()));
        if (subStatus != "Suspended") return commit;
        commit.NewBookmarks.Add(new(execution + "-b", execution, "a", "w:a", "Elsa.Event", "hash-" + id, null, "{}"u8.ToArray(), null, now));
        commit.Timers.Add(new(execution + "-b", now.AddDays(1)));
        commit.Dispatched.Add(new("start", execution + "-child", "sample:1", null, null, id, "{}"u8.ToArray()));
        commit.Published.Add(new("Elsa.Event", "nobody-" + id, null, null, null, null, "{}"u8.ToArray(), now.AddDays(1)));
        return commit;
    }
}
