using System.Globalization;
using System.Text;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Webhooks;

namespace AgentOS.Server.Hosting.Webhooks;

/// <summary>
/// Posts one message. The address is the owner's to choose, private ones included; redirections are not followed, and what comes back is not read.
/// </summary>
internal sealed class WebhookSender(ServerSettings settings, WebhookStore store, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Patience };

    /// <returns>Null when it was taken; else what went wrong, without anything secret.</returns>
    public async Task<string?> SendAsync(WebhookDelivery delivery, CancellationToken cancellation)
    {
        var body = WebhookMessage.Body(delivery, new(settings.Data.ReadServer()?.Url ?? settings.Url.ToString()));
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, delivery.Target.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.UserAgent.Add(new("AgentOS", AgentOSServer.Version));
        request.Headers.Add(WebhookMessage.DeliveryHeader, delivery.Id.ToString());
        request.Headers.Add(WebhookMessage.EventHeader, delivery.News.Event.Word());
        if (delivery.Target is { Form: WebhookForm.Json, Secret: { } secret })
        {
            request.Headers.Add(WebhookMessage.TimestampHeader, now.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add(WebhookMessage.SignatureHeader, WebhookMessage.Signature(secret, now, body));
        }

        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return answer.IsSuccessStatusCode ? null : $"It answered {(int)answer.StatusCode}.";
        }
        catch (HttpRequestException error)
        {
            return $"It cannot be reached: {error.HttpRequestError}.";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"It did not answer within {Patience.TotalSeconds:0} seconds.";
        }
    }

    /// <summary>Sends a message that says only that it is a test.</summary>
    /// <returns>As <see cref="SendAsync"/>.</returns>
    public async Task<string?> TestAsync(Guid webhook, CancellationToken cancellation) => await SendAsync(new(Guid.CreateVersion7(), 1, await store.TargetAsync(webhook, cancellation),
        new(WebhookEvent.NeedsYou, "This is a test: AgentOS reaches you here.", time.GetUtcNow(), null, null, null, null)), cancellation);

    public void Dispose() => _http.Dispose();
}
