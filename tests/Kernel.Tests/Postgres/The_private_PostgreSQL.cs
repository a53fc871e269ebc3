using AgentOS.Server.Hosting.Postgres;
using Dapper;
using Npgsql;

namespace AgentOS.Kernel.Tests.Postgres;

public sealed class The_private_PostgreSQL : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("agentos-embedded-");

    public The_private_PostgreSQL()
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
    }

    private EmbeddedPostgresOptions Options => new(_folder.FullName) { InitdbArguments = ["--no-sync"] };

    [Fact]
    public async Task starts_stops_and_keeps_what_was_written()
    {
        await using (var server = await EmbeddedPostgres.StartAsync(Options, Token))
            await RunAsync(server.ConnectionString, "CREATE TABLE kept AS SELECT 7 AS value");
        File.Exists(Path.Combine(_folder.FullName, "postgres", "data", "postmaster.pid")).ShouldBeFalse("a clean stop leaves no process file");

        await using var again = await EmbeddedPostgres.StartAsync(Options, Token);
        (await ScalarAsync<int>(again.ConnectionString, "SELECT value FROM kept")).ShouldBe(7);
    }

    [Fact]
    public async Task is_durable_and_not_a_superusers()
    {
        await using var server = await EmbeddedPostgres.StartAsync(Options, Token);
        (await ScalarAsync<string>(server.ConnectionString, "SELECT concat_ws(' ', current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes'))")).ShouldBe("on on on");
        (await ScalarAsync<bool>(server.ConnectionString, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).ShouldBeFalse();
        var error = await Should.ThrowAsync<PostgresException>(() => RunAsync(server.ConnectionString, "COPY (SELECT 1) TO PROGRAM 'cat'"));
        error.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task asks_for_its_password()
    {
        await using var server = await EmbeddedPostgres.StartAsync(Options, Token);
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "wrong", Pooling = false }.ConnectionString;
        (await Should.ThrowAsync<PostgresException>(() => RunAsync(wrong, "SELECT 1"))).SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path.Combine(_folder.FullName, "postgres.password")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task listens_on_a_free_port_when_told()
    {
        await using var server = await EmbeddedPostgres.StartAsync(Options with { Loopback = true }, Token);
        new NpgsqlConnectionStringBuilder(server.ConnectionString).Host.ShouldBe("127.0.0.1");
        (await ScalarAsync<int>(server.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task finds_a_short_socket_for_a_long_data_folder()
    {
        var deep = Path.Combine(_folder.FullName, new string('d', 90), new string('e', 60));
        await using var server = await EmbeddedPostgres.StartAsync(Options with { DataFolder = deep }, Token);
        (await ScalarAsync<int>(server.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task runs_for_root_under_another_user_also_where_the_data_folder_is_closed_to_others()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess) return; // others run it as themselves
        File.SetUnixFileMode(_folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using (var server = await EmbeddedPostgres.StartAsync(Options, Token))
            await RunAsync(server.ConnectionString, "CREATE TABLE kept AS SELECT 7 AS value");
        await using var again = await EmbeddedPostgres.StartAsync(Options, Token);
        (await ScalarAsync<int>(again.ConnectionString, "SELECT value FROM kept")).ShouldBe(7);
        var process = File.ReadLines(Path.Combine(_folder.FullName, "postgres", "data", "postmaster.pid")).First();
        File.ReadLines($"/proc/{process}/status").ShouldNotContain(line => line.StartsWith("Uid:\t0"));
    }

    [Fact]
    public async Task refuses_a_second_server_on_its_data_folder()
    {
        await using var server = await EmbeddedPostgres.StartAsync(Options, Token);
        var error = await Should.ThrowAsync<PostgresUnavailableException>(() => EmbeddedPostgres.StartAsync(Options, Token));
        error.Message.ShouldContain($"process {Environment.ProcessId}");
        error.Message.ShouldContain("agentos stop");
        (await ScalarAsync<int>(server.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task says_what_to_install_when_its_binaries_are_missing()
    {
        var error = await Should.ThrowAsync<PostgresUnavailableException>(() => EmbeddedPostgres.StartAsync(Options with { Installation = "/" }, Token));
        error.Message.ShouldContain("npm ci");
        DataFolderLock.Take(_folder.FullName).Dispose(); // nothing stays locked
    }

    [Fact]
    public async Task says_what_it_was_told_when_it_cannot_start()
    {
        var wrong = Options with { Settings = new Dictionary<string, string> { ["shared_buffers"] = "nonsense" } };
        (await Should.ThrowAsync<PostgresUnavailableException>(() => EmbeddedPostgres.StartAsync(wrong, Token))).Message.ShouldContain("shared_buffers");
    }

    [Fact]
    public async Task forgets_an_initdb_that_was_killed()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "postgres", "data.unfinished", "base"));
        await using var server = await EmbeddedPostgres.StartAsync(Options, Token);
        (await ScalarAsync<int>(server.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    public void Dispose()
    {
        PostgresFolders.Remove(_folder.FullName);
        _folder.Delete(recursive: true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.ExecuteAsync(sql);
    }

    private static async Task<T> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }
}
