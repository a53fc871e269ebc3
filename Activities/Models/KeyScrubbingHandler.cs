using System.Net.Http.Headers;

namespace AgentOS.Activities.Models;

/// <summary>
/// Takes the key that a request was sent with out of a refusal's body and headers: some endpoints quote it. Done at the
/// wire, so that no exception, trace or log above ever holds it.
/// </summary>
internal sealed class KeyScrubbingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MostBytes = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode || request.Headers.Authorization?.Parameter is not { Length: > 0 } key) return response;
        using var original = response.Content;
        var text = Secret.Scrub(await ReadAsync(original, cancellationToken), key);
        response.Content = new StringContent(text);
        response.Content.Headers.ContentType = MediaTypeHeaderValue.TryParse(original.Headers.ContentType?.ToString(), out var type) ? type : null;
        response.ReasonPhrase = response.ReasonPhrase is { } reason ? Secret.Scrub(reason, key) : null;
        foreach (var header in response.Headers.Where(h => h.Value.Any(v => v.Contains(key, StringComparison.Ordinal))).Select(h => h.Key).ToList())
            response.Headers.Remove(header);
        return response;
    }

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[MostBytes];
        var read = await stream.ReadAtLeastAsync(buffer, MostBytes, throwOnEndOfStream: false, cancellation);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, read);
    }
}
