using System.CommandLine;
using AgentOS.Server.Hosting.Postgres;

namespace AgentOS.Server.Cli;

/// <summary>The private PostgreSQL alone: one that all the programs of a test run share.</summary>
internal static class PostgresCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Where its data folder is, or is made." };
        var command = new Command("postgres", "Run PostgreSQL for tests (not durable) until standard input ends; prints the connection string of its superuser.")
        {
            folder,
        };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var postgres = await EmbeddedPostgres.StartAsync(new(Path.GetFullPath(parsed.GetRequiredValue(folder)))
            {
                InitdbArguments = ["--no-sync"],
                Settings = new Dictionary<string, string> { ["fsync"] = "off", ["full_page_writes"] = "off", ["max_connections"] = "500" },
            }, cancellation);
            Console.WriteLine(postgres.AdministratorConnectionString);
            await Console.In.ReadToEndAsync(cancellation);
            return ExitCode.Done;
        });
        return command.Example("agentos postgres /tmp/agentos-tests");
    }
}
