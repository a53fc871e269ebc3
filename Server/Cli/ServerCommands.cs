using System.CommandLine;
using AgentOS.Kernel;
using AgentOS.Server.Hosting;

namespace AgentOS.Server.Cli;

/// <summary>start, stop.</summary>
internal static class ServerCommands
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    public static Command Start()
    {
        var role = new Argument<string?>("role")
        {
            Description = "Only this role's agents: orchestrator, worker or reviewer. Default: everything.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        role.AcceptOnlyFromAmong("orchestrator", "worker", "reviewer");
        var detach = new Option<bool>("--detach") { Description = "Return as soon as the server is up; it goes on in the background." };
        var workers = new Option<int>("--workers") { Description = "Coders to see to.", DefaultValueFactory = _ => 3 };
        workers.Validators.Add(result =>
        {
            if (Bench.BenchCommand.IsOutside(result, 1, 64)) result.AddError("--workers takes 1 to 64.");
        });
        var recording = new Option<string?>("--recording") { Description = "A file of recorded answers to use in place of models." };
        var command = new Command("start", "Start the server (in the foreground; Ctrl-C stops it).") { role, detach, workers, recording };
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = ServerSettings.FromEnvironment(parsed.GetValue(CommonOptions.Url), parsed.GetValue(role)) with
            {
                Workers = parsed.GetValue(workers),
                Recording = parsed.GetValue(recording),
            };
            if (parsed.GetValue(detach)) return await DetachedServer.StartAsync(settings, cancellation);
            if (Color.IsWatched) Console.Error.WriteLine(DetachedServer.StartingText(settings));
            await AgentOSServer.RunAsync(settings, server => Announce(settings, server), cancellation);
            return ExitCode.Done;
        });
        return command.Example("agentos start --detach", "agentos start --url http://127.0.0.1:8080 --workers 5", "agentos start worker");
    }

    public static Command Stop()
    {
        var command = new Command("stop", "Stop the server of this data folder. What runs is taken up again at the next start.");
        command.SetAction(async (parsed, cancellation) =>
        {
            var data = DataFolder.FromEnvironment();
            var server = data.ReadServer();
            using var client = ApiClient.Connect(parsed.GetValue(CommonOptions.Url));
            try
            {
                await client.PostAsync<object?>("/api/server/stop", null, cancellation);
            }
            catch (ServerUnreachableException) when (server is { IsAlive: true } && parsed.GetValue(CommonOptions.Url) is null)
            {
                ProcessEnd.Ask(server.Process); // it runs but does not answer
            }

            if (server is not null && !await ProcessEnd.WaitAsync(server.Process, StopLimit, cancellation))
                throw new AgentOSException($"The server (process {server.Process}) was asked to stop, but is still busy after {StopLimit.TotalSeconds} seconds. See its log in {data.Logs}.");
            Console.WriteLine("Stopped.");
            return ExitCode.Done;
        });
        return command.Example("agentos stop");
    }

    private static void Announce(ServerSettings settings, RunningServer server)
    {
        Console.WriteLine($"AgentOS {server.Version} is up at {server.Url} (data folder {settings.Data.Path}).");
        if (!settings.Detached) Console.WriteLine("Dashboard: agentos dashboard. Stop: Ctrl-C, or agentos stop.");
    }
}
