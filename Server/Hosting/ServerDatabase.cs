using AgentOS.Kernel;
using AgentOS.Kernel.Database;
using AgentOS.Server.Hosting.Postgres;
using Npgsql;

namespace AgentOS.Server.Hosting;

/// <summary>The PostgreSQL of a server: the owner's, or the private one, which lives as long as this object.</summary>
internal sealed class ServerDatabase : IAsyncDisposable
{
    private readonly IAsyncDisposable? _held;

    private ServerDatabase(string connectionString, IAsyncDisposable? held)
    {
        (ConnectionString, _held) = (connectionString, held);
        DataSource = KernelDatabase.Open(connectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>Starts or finds PostgreSQL, and brings its tables to this version.</summary>
    /// <exception cref="AgentOSException">It cannot be started or reached, or another server has the data folder.</exception>
    public static async Task<ServerDatabase> OpenAsync(ServerSettings settings, CancellationToken cancellation)
    {
        var database = await FindAsync(settings, cancellation);
        try
        {
            await RefuseUnreachableAsync(database, cancellation);
            await Migrator.RunAsync(database.DataSource, cancellation);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        try
        {
            await using var command = DataSource.CreateCommand("SELECT 1");
            command.CommandTimeout = 5;
            await command.ExecuteScalarAsync(cancellation);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        if (_held is not null) await _held.DisposeAsync();
    }

    private static async Task<ServerDatabase> FindAsync(ServerSettings settings, CancellationToken cancellation)
    {
        if (settings.JoinsServer) return new(settings.ConnectionString ?? settings.Data.ReadServer()!.Database, null);
        if (settings.ConnectionString is { } external) return new(Parse(external), new FolderHold(DataFolderLock.Take(settings.Data.Path)));
        var postgres = await EmbeddedPostgres.StartAsync(
            new(settings.Data.Path) { Progress = settings.Detached ? _ => { } : Console.Error.WriteLine }, cancellation);
        return new(postgres.ConnectionString, postgres);
    }

    private static string Parse(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).ConnectionString;
        }
        catch (ArgumentException error)
        {
            throw new AgentOSException($"ConnectionStrings__AgentOS is not a connection string of PostgreSQL: {error.Message} Example: Host=localhost;Database=agentos;Username=agentos;Password=…", error);
        }
    }

    private static async Task RefuseUnreachableAsync(ServerDatabase database, CancellationToken cancellation)
    {
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        try
        {
            await using var connection = await database.DataSource.OpenConnectionAsync(cancellation);
            if (connection.PostgreSqlVersion.Major < 15)
                throw new AgentOSException($"The PostgreSQL at {address.Host} is version {connection.PostgreSqlVersion}. AgentOS needs 15 or later; without ConnectionStrings__AgentOS it runs its own.");
        }
        catch (NpgsqlException error)
        {
            throw new AgentOSException(
                $"PostgreSQL (database '{address.Database}' at {address.Host}:{address.Port}) cannot be used: {error.Message} " +
                "Check ConnectionStrings__AgentOS, or unset it: AgentOS then runs a PostgreSQL of its own.", error);
        }
    }

    private sealed class FolderHold(DataFolderLock held) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            held.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
