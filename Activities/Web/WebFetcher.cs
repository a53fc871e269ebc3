using System.Net;
using System.Net.Sockets;
using AgentOS.Kernel;

namespace AgentOS.Activities.Web;

/// <summary>A page could not be fetched; the message says why.</summary>
public sealed class FetchException(string message) : AgentOSException(message);

/// <summary>
/// Fetches public pages as text. The address is checked at the moment of connecting, for every redirect anew, so neither
/// a name that resolves to a private address nor one that changes its mind leads inside.
/// </summary>
public sealed class WebFetcher : IDisposable
{
    private readonly WebOptions options;
    private readonly HttpClient client;

    public WebFetcher(WebOptions? options = null)
    {
        this.options = options ?? new();
        client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.All,
            // A proxy would resolve names itself, out of our sight.
            UseProxy = false,
            ConnectCallback = ConnectAsync, ConnectTimeout = TimeSpan.FromSeconds(10), MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("AgentOS/1.0");
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html, text/*, application/json, */*;q=0.1");
    }

    /// <summary>The readable text of a page.</summary>
    /// <exception cref="FetchException">It cannot be reached, may not be reached, or is no text.</exception>
    public async Task<string> FetchAsync(string url, CancellationToken cancel = default)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(options.Time);
        try
        {
            var address = Parse(url);
            for (var redirects = 0; redirects <= options.MostRedirects; redirects++)
            {
                using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, time.Token);
                if (response is not { StatusCode: >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest, Headers.Location: { } next })
                    return await ReadAsync(address, response, time.Token);
                address = Parse(new Uri(address, next).AbsoluteUri);
            }
            throw new FetchException($"{url} redirects more than {options.MostRedirects} times.");
        }
        catch (HttpRequestException failed)
        {
            throw failed.InnerException as FetchException ?? new FetchException($"{url} cannot be fetched: {failed.Message}");
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException or UriFormatException)
        {
            throw new FetchException($"{url} cannot be fetched: {broken.Message}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new FetchException($"{url} did not answer within {options.Time.TotalSeconds:0} seconds.");
        }
    }

    public void Dispose() => client.Dispose();

    private static Uri Parse(string url)
    {
        if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out var address) || address is not { Scheme: "http" or "https", Host.Length: > 0 })
            throw new FetchException($"'{url}' is not a web address. Give a full http or https URL.");
        return address.UserInfo is "" ? address : throw new FetchException("A web address with a password in it is not fetched.");
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await ResolveAsync(host, cancel);
        var reachable = addresses.Where(options.IsReachable).ToArray();
        if (reachable.Length == 0)
            throw new FetchException($"'{host}' is not on the public internet. Only public addresses can be fetched.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // These very addresses, not the name again.
            await socket.ConnectAsync(reachable, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancel)
    {
        try
        {
            return await options.Resolve(host, cancel);
        }
        catch (SocketException unknown)
        {
            throw new FetchException($"The name '{host}' cannot be resolved: {unknown.Message}");
        }
    }

    private async Task<string> ReadAsync(Uri address, HttpResponseMessage response, CancellationToken cancel)
    {
        var type = response.Content.Headers.ContentType;
        var kind = PageText.KindOf(type?.MediaType);
        if (kind is PageKind.Other && response.IsSuccessStatusCode)
            throw new FetchException($"{address} is {type?.MediaType ?? "of unknown type"}, not text.");
        var (body, cut) = await ReadBodyAsync(response.Content, cancel);
        var text = PageText.From(address, body, kind, type?.CharSet);
        if (!response.IsSuccessStatusCode)
            throw new FetchException($"{address} answers {(int)response.StatusCode} {response.ReasonPhrase}. {(kind is PageKind.Other ? "" : text[..Math.Min(text.Length, 500)])}".Trim());
        if (text.Length > options.LongestAnswer)
            return $"{text.AsSpan(0, options.LongestAnswer)}\n[{text.Length - options.LongestAnswer} more characters left out]";
        return cut ? $"{text}\n[the page is larger than {options.LargestBody >> 20} MB and was cut]" : text;
    }

    private async Task<(byte[] Body, bool Cut)> ReadBodyAsync(HttpContent content, CancellationToken cancel)
    {
        await using var stream = await content.ReadAsStreamAsync(cancel);
        var body = new byte[options.LargestBody];
        var count = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancel);
        return (body[..count], count == body.Length);
    }
}
