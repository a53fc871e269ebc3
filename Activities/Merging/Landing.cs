namespace AgentOS.Activities.Merging;

/// <summary>What became of a tested commit. A closed union.</summary>
public abstract record Landing
{
    private Landing() { }

    /// <summary>The branch points to the commit, or did before.</summary>
    /// <param name="CheckoutsBehind">Working trees that could not be brought along because somebody changed them meanwhile.</param>
    public sealed record Landed(IReadOnlyList<BusyCheckout> CheckoutsBehind) : Landing;

    /// <summary>The branch is no longer where the commit was tested: test it again on the new tip.</summary>
    public sealed record TipMoved(string ActualTip) : Landing;

    /// <summary>Nothing was done: the branch is checked out with changes of its owner, who has to commit or stash them.</summary>
    public sealed record WaitingForCleanCheckout(BusyCheckout Checkout) : Landing;
}

/// <summary>A working tree that must not be touched now, and why.</summary>
public sealed record BusyCheckout(string Path, string Reason, IReadOnlyList<string> Paths)
{
    public override string ToString() => Paths.Count == 0
        ? $"{Path}: {Reason}"
        : $"{Path}: {Reason}: {string.Join(", ", Paths.Take(5))}{(Paths.Count > 5 ? $" and {Paths.Count - 5} more" : "")}";
}
