namespace AgentOS.Activities.Merging;

/// <summary>
/// Which heads to test together next. Pure. A group that passes lands whole; a group that fails is halved, and each half
/// is tested by itself on what has landed by then; a single one that fails goes back.
/// </summary>
/// <param name="Groups">Still to be tested, in order; none is empty.</param>
public sealed record BatchPlan<T>(IReadOnlyList<IReadOnlyList<T>> Groups)
{
    public bool IsDone => Groups.Count == 0;

    /// <summary>What to test now.</summary>
    public IReadOnlyList<T> Current => Groups[0];

    /// <summary>What the test of <see cref="Current"/> leads to.</summary>
    public BatchStep<T> After(bool passed)
    {
        var rest = Groups.Skip(1);
        var half = (Current.Count + 1) / 2;
        return (passed, Current.Count) switch
        {
            (true, _) => new(new([.. rest]), Landed: Current, Rejected: []),
            (false, 1) => new(new([.. rest]), Landed: [], Rejected: Current),
            _ => new(new([[.. Current.Take(half)], [.. Current.Skip(half)], .. rest]), Landed: [], Rejected: []),
        };
    }

    /// <summary>The plan without a head that could not even be merged, or was cancelled.</summary>
    public BatchPlan<T> Without(T head) =>
        new([.. Groups.Select(group => group.Where(each => !EqualityComparer<T>.Default.Equals(each, head)).ToList()).Where(group => group.Count > 0)]);
}

public static class BatchPlan
{
    /// <param name="ordered">All queued heads, the first to land first.</param>
    public static BatchPlan<T> Start<T>(IReadOnlyList<T> ordered, int largestBatch) =>
        new([.. ordered.Chunk(Math.Max(largestBatch, 1))]);
}

/// <summary>The plan after a test, and what the test decided.</summary>
public sealed record BatchStep<T>(BatchPlan<T> Plan, IReadOnlyList<T> Landed, IReadOnlyList<T> Rejected);
