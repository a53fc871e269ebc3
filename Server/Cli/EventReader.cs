using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AgentOS.Kernel.Log;

namespace AgentOS.Server.Cli;

/// <summary>Follows /api/events. A broken connection is made again, and goes on where it broke.</summary>
internal static class EventReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <exception cref="ServerUnreachableException">The server stayed away for half a minute.</exception>
    public static async IAsyncEnumerable<ActivityEntry> ReadAsync(
        ApiClient client, (string, string?)[] filter, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            using var answer = await OpenAsync(client, "/api/events" + Query.Of([.. filter, ("after", after.ToString(CultureInfo.InvariantCulture))]), cancellation);
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            await using var events = SseParser.Create(body, (_, data) => data.IsEmpty ? null : JsonSerializer.Deserialize<ActivityEntry?>(data, ApiClient.Json)).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
            while (await NextAsync(events))
            {
                if (events.Current.Data is not { } entry) continue; // only says that the connection is there
                after = Math.Max(after, entry.Position);
                yield return entry;
            }
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<SseItem<ActivityEntry?>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            return false; // the server stops, or was killed: it may come back
        }
    }

    private static async Task<HttpResponseMessage> OpenAsync(ApiClient client, string path, CancellationToken cancellation)
    {
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                return await client.SendAsync(HttpMethod.Get, path, null, HttpCompletionOption.ResponseHeadersRead, cancellation);
            }
            catch (ServerUnreachableException) when (DateTime.UtcNow < until)
            {
                await Task.Delay(500, cancellation);
            }
        }
    }
}
