using Polly;
using Polly.Retry;

namespace AgentOS.Activities.Models;

/// <param name="Attempts">HTTP calls to one model, the first included.</param>
/// <param name="FirstDelay">Before the second attempt; doubled for each further one, with jitter.</param>
/// <param name="LongestRetryAfter">An endpoint that asks for a longer wait is given up at once: the fallback, or the workflow's own retry, is better than a blocked worker.</param>
public sealed record RetryPolicy(int Attempts, TimeSpan FirstDelay, TimeSpan LongestDelay, TimeSpan LongestRetryAfter)
{
    public static readonly RetryPolicy Default = new(5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1));
}

/// <summary>The one loop in which a model is asked again.</summary>
internal sealed class RetryLoop(RetryPolicy policy, TimeProvider time)
{
    public async Task<AttemptResult> RunAsync(
        Func<CancellationToken, ValueTask<AttemptResult>> attempt, Func<AttemptResult, TimeSpan, ValueTask> onRetry, CancellationToken cancellation)
    {
        if (policy.Attempts < 2) return await attempt(cancellation);
        var pipeline = new ResiliencePipelineBuilder<AttemptResult> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<AttemptResult>
            {
                MaxRetryAttempts = policy.Attempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = policy.FirstDelay,
                MaxDelay = policy.LongestDelay,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is { Retryable: true } result && !(result.RetryAfter > policy.LongestRetryAfter)),
                // Null leaves the delay to the back-off above. The asked-for wait is a minimum, so jitter only adds to it.
                DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result?.RetryAfter is { } asked ? asked + Jitter(asked) : (TimeSpan?)null),
                OnRetry = args => onRetry(args.Outcome.Result!, args.RetryDelay),
            })
            .Build();
        return await pipeline.ExecuteAsync(attempt, cancellation);
    }

#pragma warning disable CA5394 // Spreads load; nothing is kept secret by it.
    private static TimeSpan Jitter(TimeSpan wait) => wait * (Random.Shared.NextDouble() * 0.1);
#pragma warning restore CA5394
}
