using System.CommandLine;
using System.Globalization;
using AgentOS.Kernel.Database;
using AgentOS.Server.Hosting;

namespace AgentOS.Server.Cli;

/// <summary>status.</summary>
internal static class StatusCommand
{
    public static Command Create() => ApiCommand.Create("status", "Show how the server is doing: machine, database, nodes, queues, models, stalled work.", [], [], (_, client, cancellation) =>
        client.GetAsync<ServerStatus>("/api/status", cancellation), Print, status => status.Ok)
        .Example("agentos status", "agentos status --json");

    private static void Print(ServerStatus status)
    {
        var database = status.Database;
        foreach (var check in status.Checks) DoctorCommand.Print(check);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"PostgreSQL {database.Version}: {database.SizeBytes / 1e6:#,0} MB, {database.Connections} of {database.MaxConnections} connections, {database.LatencyMs:0.0} ms, migration {database.Migration} ({database.MigrationName})"));
        Output.Table(["queue", "length", "oldest waits"], [.. status.Queues.Select(queue => (string[])[queue.Name, $"{queue.Length}", queue.Waiting is { } time ? $"{time.TotalSeconds.ToString("#,0", CultureInfo.InvariantCulture)} s" : ""])], "");
        Output.Table(["node", "started", "alive"], [.. status.Nodes.Select(node => (string[])[node.Name, Output.Ago(node.StartedAt), node.IsAlive ? "yes" : "no"])], "No node runs workflows.");
        Output.Table(["model", "calls in 7 days", "last error", "when"], [.. status.Models.Select(model => (string[])[$"{model.Provider}/{model.Model}", $"{model.Calls}", model.Error ?? "none", Output.Ago(model.FailedAt)])], "No model was called lately.");
        if (status.Stalled.Count > 0)
            Output.Table(["stalled task", "title", "state", "agent", "since"], [.. status.Stalled.Select(task => (string[])[TaskCommands.Short(task.Id), task.Title, task.Status.Word(), task.AgentName ?? "", Output.Ago(task.Since)])], "");
    }
}
