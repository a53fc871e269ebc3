using AgentOS.Engine.Runtime.Instances;
using Microsoft.AspNetCore.SignalR;

namespace AgentOS.Engine.Runtime.Live;

/// <summary>Where Studio's instance viewer listens. Who may connect is decided by the endpoint's policy.</summary>
internal sealed class WorkflowInstanceHub(InstanceStore instances, WatchedInstances watched) : Hub<IInstanceViewer>
{
    private const int MostPerConnection = 100;

    public async Task ObserveInstanceAsync(string instanceId)
    {
        // In Elsa's words: the client shows nothing else.
        if (string.IsNullOrEmpty(instanceId) || instanceId.Contains('\0', StringComparison.Ordinal) || !await instances.ExistsAsync(instanceId, Context.ConnectionAborted)) throw new HubException("Access denied.");
        if (!watched.Add(Context.ConnectionId, instanceId, MostPerConnection)) throw new HubException($"One connection observes at most {MostPerConnection} instances.");
        await Groups.AddToGroupAsync(Context.ConnectionId, instanceId, Context.ConnectionAborted);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        watched.Remove(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}
