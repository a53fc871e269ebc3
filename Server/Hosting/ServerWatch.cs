namespace AgentOS.Server.Hosting;

/// <summary>A node that uses the private PostgreSQL of a server has no use without it: it stops when the server stays away.</summary>
internal sealed class ServerWatch(DataFolder data, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ServerWatch> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var seen = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (data.ReadServer() is { IsAlive: true }) seen = time.GetTimestamp();
            else if (time.GetElapsedTime(seen) > Patience)
            {
                log.LogWarning("The server of {Folder} is gone; this node stops.", data.Path);
                lifetime.StopApplication();
                return;
            }
        }
    }
}
