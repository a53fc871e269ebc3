namespace AgentOS.Server.Api;

/// <summary>Ends the workflows of tasks that were cancelled. Each engine has its own way (Hosting).</summary>
internal interface IWorkflowStopper
{
    Task StopAsync(IReadOnlyList<string> instances, CancellationToken cancellation);
}
