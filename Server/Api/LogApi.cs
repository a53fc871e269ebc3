using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using AgentOS.Kernel.Log;

namespace AgentOS.Server.Api;

internal static class LogApi
{
    public static void MapLogApi(this IEndpointRouteBuilder routes)
    {
        var log = routes.MapGroup("/api").WithTags("Log");
        log.MapGet("/log", async (ActivityLog entries, Lookup find, string? agent, string? task, string? @event, string? repository, string? text, long? before, int? limit, CancellationToken cancellation) =>
                await entries.PageAsync(await FilterAsync(find, agent, task, @event, repository, text, cancellation), before, InputException.Number(limit, "limit", 1, 1000, 100), cancellation))
            .WithSummary("A page of the activity log, oldest first; 'before' is the position of the first entry that is there already.");
        log.MapGet("/events", async (ActivityLog entries, Lookup find, HttpContext http, string? agent, string? task, string? @event, string? repository, string? text, long? after, CancellationToken cancellation) =>
            {
                var filter = await FilterAsync(find, agent, task, @event, repository, text, cancellation);
                return TypedResults.ServerSentEvents(StreamAsync(entries, filter, LastSeen(http) ?? after, http.RequestServices.GetRequiredService<IHostApplicationLifetime>(), cancellation));
            })
            .WithSummary("The activity log as it grows (server-sent events). Goes on after Last-Event-ID, or after the position 'after'.");
    }

    private static async IAsyncEnumerable<SseItem<ActivityEntry?>> StreamAsync(
        ActivityLog entries, LogFilter filter, long? after, IHostApplicationLifetime lifetime, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // A server that stops does not wait for readers that never leave.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        // The first bytes tell the reader that it is connected; the log may be silent for long.
        yield return new(null, "connected");
        await using var stream = entries.StreamAsync(after, filter, stop.Token).GetAsyncEnumerator(stop.Token);
        while (await NextAsync(stream, stop.Token))
            yield return new(stream.Current, "activity") { EventId = stream.Current.Position.ToString(CultureInfo.InvariantCulture) };
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<ActivityEntry> stream, CancellationToken stop)
    {
        try
        {
            return await stream.MoveNextAsync();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private static long? LastSeen(HttpContext http) =>
        long.TryParse(http.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : null;

    private static async Task<LogFilter> FilterAsync(Lookup find, string? agent, string? task, string? prefix, string? repository, string? text, CancellationToken cancellation) => new()
    {
        AgentId = await find.AgentIdAsync(agent, cancellation),
        TaskId = task is null ? null : (await find.TaskAsync(task, cancellation)).Id,
        WithChildren = true,
        EventPrefix = prefix,
        RepositoryId = await find.RepositoryIdAsync(repository, cancellation),
        Text = string.IsNullOrWhiteSpace(text) ? null : InputException.Text(text, "text", 200),
    };
}
