using System.Diagnostics;
using System.Globalization;
using AgentOS.Server.Hosting.Postgres;
using Dapper;
using Npgsql;

namespace AgentOS.Kernel.Tests.Postgres;

/// <summary>Real processes, really killed.</summary>
public sealed class A_server_that_was_killed : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("agentos-killed-");
    private readonly List<Process> _started = [];

    public A_server_that_was_killed()
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
    }

    private string ProcessFile => Path.Combine(_folder.FullName, "postgres", "data", "postmaster.pid");

    [Fact]
    public async Task takes_its_PostgreSQL_with_it_and_starts_again_with_what_was_committed()
    {
        var (server, connectionString) = await ServeAsync();
        await RunAsync(connectionString, "CREATE TABLE kept AS SELECT 7 AS value");
        var postgres = Postmaster();
        server.Kill();
        await postgres.WaitForExitAsync(Token);
        File.Exists(ProcessFile).ShouldBeFalse("it was a clean stop");

        await using var again = await EmbeddedPostgres.StartAsync(new(_folder.FullName), Token);
        (await ScalarAsync(again.ConnectionString, "SELECT value FROM kept")).ShouldBe(7);
    }

    [Fact]
    public async Task together_with_its_PostgreSQL_recovers()
    {
        var (server, connectionString) = await ServeAsync();
        await RunAsync(connectionString, "CREATE TABLE kept AS SELECT 7 AS value");
        var postgres = Postmaster();
        server.Kill(entireProcessTree: true);
        await postgres.WaitForExitAsync(Token);
        File.Exists(ProcessFile).ShouldBeTrue("nobody could clean up");

        await using var again = await EmbeddedPostgres.StartAsync(new(_folder.FullName), Token);
        (await ScalarAsync(again.ConnectionString, "SELECT value FROM kept")).ShouldBe(7);
    }

    [Fact]
    public async Task but_whose_PostgreSQL_runs_on_stops_that_one_first()
    {
        var (server, connectionString) = await ServeAsync();
        await RunAsync(connectionString, "CREATE TABLE kept AS SELECT 7 AS value");
        var postgres = Postmaster();
        // The supervisor first, so that nobody tells PostgreSQL.
        foreach (var supervisor in await ChildrenAsync(server.Id)) Process.GetProcessById(supervisor).Kill();
        server.Kill();
        await server.WaitForExitAsync(Token);
        postgres.HasExited.ShouldBeFalse();

        var said = new List<string>();
        await using var again = await EmbeddedPostgres.StartAsync(new(_folder.FullName) { Progress = said.Add }, Token);
        said.ShouldContain(line => line.Contains($"process {postgres.Id}"));
        await postgres.WaitForExitAsync(Token);
        (await ScalarAsync(again.ConnectionString, "SELECT value FROM kept")).ShouldBe(7);
    }

    [Fact]
    public async Task is_not_needed_for_a_PostgreSQL_that_dies_alone_to_come_again()
    {
        var back = new TaskCompletionSource();
        await using var server = await EmbeddedPostgres.StartAsync(
            new(_folder.FullName) { InitdbArguments = ["--no-sync"], Progress = line => { if (line.Contains("unexpectedly")) back.TrySetResult(); } }, Token);
        await RunAsync(server.ConnectionString, "CREATE TABLE kept AS SELECT 7 AS value");
        var killed = Postmaster();
        killed.Kill();
        await back.Task.WaitAsync(Token);
        for (var value = 0; value != 7;)
        {
            try
            {
                value = await ScalarAsync(server.ConnectionString, "SELECT value FROM kept");
            }
            catch (NpgsqlException)
            {
                await Task.Yield(); // not yet: the next connection says when
            }
        }
    }

    [Fact]
    public async Task whose_process_number_is_anothers_now_starts()
    {
        await (await EmbeddedPostgres.StartAsync(new(_folder.FullName) { InitdbArguments = ["--no-sync"] }, Token)).DisposeAsync();
        await File.WriteAllLinesAsync(ProcessFile, [Environment.ProcessId.ToString(CultureInfo.InvariantCulture), Path.GetDirectoryName(ProcessFile)!, "0", "5432", "", "", "", ""], Token);
        await using var again = await EmbeddedPostgres.StartAsync(new(_folder.FullName), Token);
        (await ScalarAsync(again.ConnectionString, "SELECT 7")).ShouldBe(7);
    }

    [Fact]
    public async Task refuses_a_second_one_while_it_lives_and_lets_it_in_afterwards()
    {
        var (server, _) = await ServeAsync();
        (await Should.ThrowAsync<PostgresUnavailableException>(() => EmbeddedPostgres.StartAsync(new(_folder.FullName), Token))).Message.ShouldContain($"process {server.Id}");
        server.Kill();
        await server.WaitForExitAsync(Token);
        await using var next = await EmbeddedPostgres.StartAsync(new(_folder.FullName), Token);
    }

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        PostgresFolders.Remove(_folder.FullName);
        _folder.Delete(recursive: true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<(Process Server, string ConnectionString)> ServeAsync()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(A_server_that_was_killed).Assembly.Location);
        start.ArgumentList.Add("serve");
        start.ArgumentList.Add(_folder.FullName);
        var server = Process.Start(start)!;
        _started.Add(server);
        return (server, await server.StandardOutput.ReadLineAsync(Token) ?? throw new ShouldAssertException("The server did not start."));
    }

    private Process Postmaster()
    {
        var process = Process.GetProcessById(int.Parse(File.ReadLines(ProcessFile).First(), CultureInfo.InvariantCulture));
        _started.Add(process);
        return process;
    }

    private static async Task<int[]> ChildrenAsync(int process)
    {
        var listed = await CommandLine.RunAsync(["ps", "-o", "pid=", "--ppid", process.ToString(CultureInfo.InvariantCulture)], Token);
        return [.. listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.ExecuteAsync(sql);
    }

    private static async Task<int> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        return await connection.ExecuteScalarAsync<int>(sql);
    }
}
