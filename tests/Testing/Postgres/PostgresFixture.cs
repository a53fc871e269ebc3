using Npgsql;
using Xunit;

namespace AgentOS.Testing.Postgres;

/// <summary>A database of its own, with the kernel's tables, for each test class: <c>IClassFixture&lt;PostgresFixture&gt;</c>.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private TestDatabase? _database;

    public TestDatabase Database => _database ?? throw new InvalidOperationException("The fixture is not initialized yet.");
    public NpgsqlDataSource DataSource => Database.DataSource;
    public string ConnectionString => Database.ConnectionString;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
    }
}
