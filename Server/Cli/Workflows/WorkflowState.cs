using System.CommandLine;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Workflows;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli.Workflows;

/// <summary>workflow status, retry.</summary>
internal static class WorkflowState
{
    public static Command Status() => ApiCommand.Create("status", "Show how many instances of each definition run, wait and have faulted; and what faulted last.", [], [],
        (_, client, cancellation) => client.GetAsync<WorkflowOverview>("/api/workflows", cancellation), overview =>
        {
            Output.Table(["workflow", "running", "waiting", "faulted"], [.. overview.Definitions.Select(one => (string[])[one.DefinitionId, $"{one.Running}", $"{one.Suspended}", $"{one.Faulted}"])], "There are no published workflows.");
            if (overview.Faulted.Count > 0)
                Output.Table(["faulted instance", "workflow", "when", "of", "error"], [.. overview.Faulted.Select(one => (string[])
                    [one.Id, one.DefinitionId, Output.Ago(one.At), one.TaskTitle is { } title ? $"{title} ({one.TaskState?.Word()})" : "", one.Error])], "");
        })
        .Example("agentos workflow status");

    public static Command Retry()
    {
        var id = new Argument<string>("instance") { Description = "Id of a faulted instance (agentos workflow status)." };
        return ApiCommand.Create("retry", "Set a faulted instance going again: by the task that it blocked, else by itself.", [id], [], (parsed, client, cancellation) =>
            client.PostAsync<WorkflowRetried>($"/api/workflows/instances/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/retry", null, cancellation), done => Console.WriteLine(Output.OneLine(done.Done)))
            .Example("agentos workflow retry 0197d1f200007000");
    }
}
