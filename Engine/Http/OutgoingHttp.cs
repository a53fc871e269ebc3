using System.Net;
using System.Net.Sockets;
using Elsa.Workflows.Exceptions;
using Elsa.Workflows;

namespace AgentOS.Engine.Http;

/// <summary>
/// Sends requests of workflows. Addresses are checked at the moment of connecting, for every redirect anew, so neither a name that resolves to a private
/// address nor one that changes its mind leads inside.
/// </summary>
internal sealed class OutgoingHttp : IDisposable
{
    private readonly OutgoingHttpOptions _options;
    private readonly HttpClient _client;

    public OutgoingHttp(OutgoingHttpOptions options)
    {
        _options = options;
        _client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = options.MostRedirects > 0, MaxAutomaticRedirections = Math.Max(1, options.MostRedirects), UseCookies = false, AutomaticDecompression = DecompressionMethods.All,
            // A proxy would resolve names itself, out of our sight.
            UseProxy = false,
            ConnectCallback = ConnectAsync, ConnectTimeout = TimeSpan.FromSeconds(15), MaxResponseHeadersLength = 64, PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        })
        { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("AgentOS/1.0");
    }

    /// <summary>The answer with its whole body in memory.</summary>
    /// <exception cref="HttpRequestException">No connection could be made, or none is allowed; the message says which.</exception>
    /// <exception cref="TaskCanceledException">The answer did not come in time.</exception>
    /// <exception cref="FaultException">The answer is larger than the server's owner allows.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.Time);
        try
        {
            var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            try
            {
                answer.Content = await ReadAsync(answer.Content, limit.Token);
                return answer;
            }
            catch
            {
                answer.Dispose();
                throw;
            }
        }
        catch (IOException broken)
        {
            throw new HttpRequestException($"The answer of {request.RequestUri} broke off: {broken.Message}", broken);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TaskCanceledException($"{request.RequestUri} did not answer within {_options.Time.TotalSeconds:0} seconds.");
        }
    }

    /// <summary>Whether it failed at what the owner allows, so that to ask again is in vain.</summary>
    public static bool IsRefused(HttpRequestException failure) => failure is NotAllowedException || failure.InnerException is NotAllowedException;

    public void Dispose() => _client.Dispose();

    private async Task<HttpContent> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > _options.LargestAnswer) throw TooLarge();
        var body = new MemoryStream();
        await using (var stream = await content.ReadAsStreamAsync(cancellation))
        {
            var buffer = new byte[81920];
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and var count)
            {
                if (body.Length + count > _options.LargestAnswer) throw TooLarge();
                body.Write(buffer, 0, count);
            }
        }
        var read = new ByteArrayContent(body.ToArray());
        foreach (var (name, values) in content.Headers) read.Headers.TryAddWithoutValidation(name, values);
        return read;
    }

    private FaultException TooLarge() => new("ANSWER_TOO_LARGE", "HTTP", DefaultFaultTypes.Integration, $"The answer is larger than the {_options.LargestAnswer} bytes that workflows may fetch here.");

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await _options.Resolve(host, cancellation);
        var reachable = found.Where(address => _options.MayReach(host, port, address)).ToArray();
        if (reachable.Length == 0)
            throw new NotAllowedException($"'{host}' is not on the public internet, and workflows may reach only that. The server's owner can allow it: AGENTOS_WORKFLOW_HOSTS={host}:{port}");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // These very addresses, not the name again.
            await socket.ConnectAsync(reachable, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class NotAllowedException(string message) : HttpRequestException(message);
}
