namespace AgentOS.Engine.Runtime.Hosting;

/// <summary>Finished instances to delete.</summary>
/// <param name="Age">How long after its end an instance is deleted.</param>
/// <param name="SubStatus">Only those that ended so: Finished, Faulted or Cancelled.</param>
/// <param name="DefinitionId">Only those of this definition.</param>
public sealed record RetentionPolicy(TimeSpan Age, string? SubStatus = null, string? DefinitionId = null);

/// <summary>How long what has finished is kept: for ever, where no policy names it.</summary>
public sealed class RetentionOptions
{
    /// <summary>An instance goes when any of them names it.</summary>
    public IReadOnlyList<RetentionPolicy> Policies { get; set; } = [];

    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Instances in a transaction.</summary>
    public int BatchSize { get; set; } = 50;

    /// <summary>Of these instances, the ones that the host still needs.</summary>
    public Func<IServiceProvider, IReadOnlyCollection<string>, CancellationToken, Task<IReadOnlyCollection<string>>>? Needed { get; set; }
}
