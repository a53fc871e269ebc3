namespace AgentOS.Activities.Review.Checks;

public enum CheckSource
{
    /// <summary>Nothing to run: the change is reviewed by the model alone.</summary>
    None,
    /// <summary>The owner's settings of the repository in AgentOS.</summary>
    Owner,
    /// <summary><c>.agentos.yaml</c> at the base commit.</summary>
    File,
    /// <summary>The files at the base commit.</summary>
    Detected,
}

/// <summary>The commands that a repository is checked with.</summary>
/// <param name="Setup">Fetches dependencies, with the network that the owner allows.</param>
public sealed record CheckPlan(CheckSource Source, IReadOnlyList<string> Setup, IReadOnlyList<string> Test, IReadOnlyList<string> Analyze)
{
    public static CheckPlan None { get; } = new(CheckSource.None, [], [], []);

    /// <summary>False for a repository that only the model can judge.</summary>
    public bool HasChecks => Test.Count + Analyze.Count > 0;
}
