namespace AgentOS.Engine.Http;

/// <summary>How the waits between attempts grow; the numbers are those by which Elsa's server tells them.</summary>
public enum RetryBackoff
{
    Constant,
    Linear,
    Exponential,
}

/// <summary>A way to try a request again, with the members of Elsa's <c>HttpResilienceStrategy</c>.</summary>
/// <param name="Id">By which definitions name it.</param>
/// <param name="DisplayName">For people who choose one.</param>
/// <param name="MaxRetryAttempts">After the first attempt, from 0 to <see cref="Most"/>.</param>
/// <param name="Delay">Before the first of them, up to <see cref="Longest"/>.</param>
/// <param name="BackoffType">How the waits grow; none gets longer than <see cref="Longest"/>.</param>
/// <param name="UseJitter">Waits half as long to half as long again, so that those who failed together do not come back together.</param>
public sealed record RetryStrategy(string Id, string DisplayName, int MaxRetryAttempts, TimeSpan Delay, RetryBackoff BackoffType = RetryBackoff.Exponential, bool UseJitter = false)
{
    public const int Most = 100;
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>What is meant where an activity only says that it tries again.</summary>
    internal static readonly RetryStrategy Patient = new("http-patient", "Patiently: eight more attempts, within about four minutes", 8, TimeSpan.FromSeconds(1));

    /// <param name="retry">0 before the first of them.</param>
    internal TimeSpan Wait(int retry)
    {
        var times = BackoffType switch { RetryBackoff.Constant => 1, RetryBackoff.Linear => retry + 1, _ => Math.Pow(2, retry) };
        if (UseJitter) times *= 0.5 + Random.Shared.NextDouble();
        return TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, Delay.TotalSeconds * times));
    }
}
