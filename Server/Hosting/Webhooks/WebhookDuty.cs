using AgentOS.Kernel.Webhooks;

namespace AgentOS.Server.Hosting.Webhooks;

/// <param name="MostAttempts">Then it is given up, visibly.</param>
/// <param name="FirstPause">After the first attempt; each further one is twice as long, up to <paramref name="LongestPause"/>.</param>
/// <param name="Lease">How long an attempt is one node's. Longer than it can take.</param>
/// <param name="Keep">How long what was told is kept.</param>
internal sealed record WebhookOptions(int MostAttempts, TimeSpan FirstPause, TimeSpan LongestPause, TimeSpan Interval, TimeSpan Lease, TimeSpan Keep)
{
    public static WebhookOptions Default { get; } = new(10, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));

    /// <summary>How long to wait after an attempt (from 1) that failed; null: no more. Spread by a fifth, so that many do not come back together.</summary>
    /// <param name="chance">From 0 to 1.</param>
    public TimeSpan? After(int attempt, double chance) => attempt >= MostAttempts
        ? null
        : TimeSpan.FromTicks((long)(Math.Min(FirstPause.Ticks * Math.Pow(2, attempt - 1), LongestPause.Ticks) * (0.8 + (0.4 * chance))));
}

/// <summary>Tells people what the outbox holds: each message at least once, until it is taken or given up. Any number of nodes do it together.</summary>
internal sealed class WebhookDuty(WebhookStore store, WebhookSender sender, WebhookOptions options, TimeProvider time, ILogger<WebhookDuty> log) : BackgroundService
{
    private const int AtOnce = 8;
    private const int LooksBetweenForgetting = 3600;

    /// <returns>How many messages were due.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellation)
    {
        var due = await store.ClaimAsync(AtOnce, options.Lease, cancellation);
        await Task.WhenAll(due.Select(delivery => TellAsync(delivery, cancellation)));
        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Interval, time);
        for (var look = 0; await timer.WaitForNextTickAsync(stoppingToken); look++)
        {
            try
            {
                while (await RunOnceAsync(stoppingToken) == AtOnce) { }
                if (look % LooksBetweenForgetting == 0) await store.ForgetAsync(options.Keep, stoppingToken);
            }
            catch (Exception error) when (error is Npgsql.NpgsqlException or TimeoutException)
            {
                log.LogWarning("Notifications wait, the database does not answer: {Problem}", error.Message);
            }
        }
    }

    private async Task TellAsync(WebhookDelivery delivery, CancellationToken cancellation)
    {
        if (await sender.SendAsync(delivery, cancellation) is not { } problem)
        {
            await store.DeliveredAsync(delivery.Id, cancellation);
            return;
        }

        var again = options.After(delivery.Attempt, Random.Shared.NextDouble());
        if (again is null) log.LogWarning("Notification {Delivery} of webhook {Webhook} is given up: {Problem}", delivery.Id, delivery.Target.Id, problem);
        await store.FailedAsync(delivery.Id, problem, again, cancellation);
    }
}
