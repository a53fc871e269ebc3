using AgentOS.Engine.Runtime.Commits;

namespace AgentOS.Engine.Runtime.Execution;

/// <summary>
/// One run of an instance on this node, from its claim or creation to its release. What activities ask of the outside (dispatches, events)
/// is kept here until the next commit writes it together with everything else.
/// </summary>
internal sealed class Burst(string instanceId)
{
    private static readonly AsyncLocal<Burst?> Ambient = new();
    private readonly Lock _gate = new();
    private List<WorkRow>? _dispatched;
    private List<StimulusRow>? _published;

    /// <summary>The burst in which the calling code runs.</summary>
    public static Burst? Current => Ambient.Value;

    public string InstanceId => instanceId;

    /// <summary>As the claim gave it; 0: the instance is not stored yet.</summary>
    public long Epoch { get; set; }

    /// <summary>Keeps a second instance of a singleton away.</summary>
    public string? ActivationKey { get; init; }

    /// <summary>Items of work that this burst does. They are done when the burst is, or when what they started is stored.</summary>
    public List<WorkClaim> Items { get; } = [];

    /// <summary>The bookmark that is being resumed: until it is burned, the item that asked for it is not done.</summary>
    public string? BookmarkId { get; set; }

    /// <summary>More items for the same instance follow: the node keeps it.</summary>
    public bool MoreToCome { get; set; }

    /// <summary>Executions that have a row.</summary>
    public HashSet<string> StoredExecutions { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the instance ended in this burst.</summary>
    public bool Finished { get; set; }

    public CancellationTokenSource Cancellation { get; } = new();

    /// <summary>Makes this the current burst of the calling method and of what it calls.</summary>
    public void Enter() => Ambient.Value = this;

    public void Dispatch(WorkRow row)
    {
        lock (_gate) (_dispatched ??= []).Add(row);
    }

    public void Publish(StimulusRow row)
    {
        lock (_gate) (_published ??= []).Add(row);
    }

    public void TakeOutbox(InstanceCommit commit)
    {
        lock (_gate)
        {
            if (_dispatched is { } dispatched) commit.Dispatched.AddRange(dispatched);
            if (_published is { } published) commit.Published.AddRange(published);
            _dispatched = null;
            _published = null;
        }
    }
}
