namespace AgentOS.Engine.Runtime.Live;

/// <summary>Who watches what on this node.</summary>
internal sealed class WatchedInstances
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<string>> _byConnection = new(StringComparer.Ordinal);
    private TaskCompletionSource _someone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <returns>False: the connection watches as many as it may.</returns>
    public bool Add(string connection, string instance, int most)
    {
        lock (_lock)
        {
            if (!_byConnection.TryGetValue(connection, out var instances)) _byConnection[connection] = instances = new(StringComparer.Ordinal);
            if (instances.Count >= most && !instances.Contains(instance)) return false;
            instances.Add(instance);
            _someone.TrySetResult();
            return true;
        }
    }

    public void Remove(string connection)
    {
        lock (_lock)
        {
            _byConnection.Remove(connection);
            if (_byConnection.Count == 0 && _someone.Task.IsCompleted) _someone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public string[] All()
    {
        lock (_lock) return [.. _byConnection.Values.SelectMany(instances => instances).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Returns at once while anybody watches anything.</summary>
    public Task SomeoneAsync(CancellationToken cancellation)
    {
        lock (_lock) return _someone.Task.WaitAsync(cancellation);
    }
}
