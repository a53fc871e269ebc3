namespace AgentOS.Studio.Live;

/// <summary>
/// A thing that pages show and that changes: how to read it, and which changes concern it. It is its own key: two views that are equal (records with equal
/// parameters) are read once, whoever and however many look at them.
/// </summary>
/// <typeparam name="T">What is read: an immutable record, best with parts that compare by value, so that only what changed is drawn again.</typeparam>
public abstract record LiveView<T> where T : class
{
    public abstract Task<T> ReadAsync(IServiceProvider services, CancellationToken cancellation);

    public abstract bool IsConcerned(ChangeSet changes);

    /// <summary>What was read now, with the parts that are as before as the same objects: each page then sees by a glance what changed.</summary>
    public virtual T KeepFrom(T before, T now) => now;

    /// <summary>The least time between two readings, for what changes more often than anyone wants to see it.</summary>
    public virtual TimeSpan Rest => TimeSpan.Zero;

    /// <summary>Read again after this time though nothing told of a change, for what nothing tells of; null: only when something does.</summary>
    public virtual TimeSpan? Every => null;
}
