using System.Collections.Concurrent;

namespace AgentOS.Engine.Runtime.Execution;

/// <summary>The bursts that run on this node now.</summary>
internal sealed class RunningBursts
{
    private readonly ConcurrentDictionary<string, Burst> _bursts = new(StringComparer.Ordinal);

    public int Count => _bursts.Count;
    public ICollection<string> InstanceIds => _bursts.Keys;

    public void Add(Burst burst) => _bursts[burst.InstanceId] = burst;
    public void Remove(Burst burst) => _bursts.TryRemove(new(burst.InstanceId, burst));

    /// <summary>Interrupts a burst; what it has not committed is lost, and done again by whoever goes on.</summary>
    public void Interrupt(string instanceId)
    {
        if (_bursts.TryGetValue(instanceId, out var burst)) burst.Cancellation.Cancel();
    }

    public void InterruptAll()
    {
        foreach (var burst in _bursts.Values) burst.Cancellation.Cancel();
    }
}
