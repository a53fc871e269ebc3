using System.Net;
using System.Text.Json;
using AgentOS.Kernel;
using AgentOS.Server.Hosting;

namespace AgentOS.Server.Cli;

/// <summary>Calls the server as its owner: with the token of the data folder.</summary>
internal sealed class ApiClient : IDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly HttpClient _http;

    internal ApiClient(Uri url, string token) => _http = new(new SocketsHttpHandler { UseProxy = !url.IsLoopback, AllowAutoRedirect = false })
    {
        BaseAddress = url,
        DefaultRequestHeaders = { Authorization = new("Bearer", token), Accept = { new("application/json") } },
    };

    public Uri Url => _http.BaseAddress!;

    /// <param name="url">The option of the command line; wins over AGENTOS_URL and over what the data folder knows.</param>
    /// <exception cref="ServerUnreachableException">This data folder has no credential: no server was ever started on it.</exception>
    public static ApiClient Connect(string? url)
    {
        var data = DataFolder.FromEnvironment();
        var token = Environment.GetEnvironmentVariable("AGENTOS_TOKEN") is { Length: > 0 } given ? given : data.ReadToken();
        return token is null
            ? throw new ServerUnreachableException($"No server was ever started with the data folder {data.Path}. Start one: agentos start")
            : new(AddressOf(url, data), token);
    }

    public static Uri AddressOf(string? url, DataFolder data) => ServerSettings.ParseUrl(
        url ?? (Environment.GetEnvironmentVariable("AGENTOS_URL") is { Length: > 0 } fromEnvironment ? fromEnvironment : null)
        ?? data.ReadServer()?.Url ?? ServerSettings.DefaultUrl);

    public Task<T> GetAsync<T>(string path, CancellationToken cancellation) => SendAsync<T>(HttpMethod.Get, path, null, cancellation);

    public Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellation) => SendAsync<T>(HttpMethod.Post, path, body, cancellation);

    public Task<T> PatchAsync<T>(string path, object? body, CancellationToken cancellation) => SendAsync<T>(HttpMethod.Patch, path, body, cancellation);

    public Task<T> DeleteAsync<T>(string path, CancellationToken cancellation) => SendAsync<T>(HttpMethod.Delete, path, null, cancellation);

    public Task DeleteAsync(string path, CancellationToken cancellation) => SendAsync<JsonElement?>(HttpMethod.Delete, path, null, cancellation);

    /// <summary>Whether a server answers, with this credential or without.</summary>
    public async Task<bool> IsUpAsync(CancellationToken cancellation)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            using var answer = await _http.GetAsync("/health", limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, HttpCompletionOption completion, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, options: Json) };
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, completion, cancellation);
        }
        catch (HttpRequestException error)
        {
            throw new ServerUnreachableException($"No server answers at {Url.GetLeftPart(UriPartial.Authority)}. Start one: agentos start", error);
        }

        if (answer.IsSuccessStatusCode) return answer;
        using (answer) throw await RefusalAsync(answer, cancellation);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var answer = await SendAsync(method, path, body, HttpCompletionOption.ResponseContentRead, cancellation);
        if (answer.StatusCode is HttpStatusCode.NoContent || answer.Content.Headers.ContentLength is 0) return default!;
        return (await answer.Content.ReadFromJsonAsync<T>(Json, cancellation))!;
    }

    private async Task<AgentOSException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            return new($"The server at {Url.GetLeftPart(UriPartial.Authority)} does not know this credential: it has another data folder. Set AGENTOS_HOME as it was when the server was started.");
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        try
        {
            var problem = JsonSerializer.Deserialize<Refusal>(text, JsonSerializerOptions.Web);
            if ((problem?.Detail ?? problem?.Title) is { Length: > 0 } || problem?.Errors is { Count: > 0 }) return new(problem!.Describe());
        }
        catch (JsonException)
        {
            // Not ours: a proxy, or another program on that port.
        }

        return new($"{Url.GetLeftPart(UriPartial.Authority)} answered {(int)answer.StatusCode}, and not as AgentOS does. Is it another program's address? Give the right one with --url.");
    }

    private sealed record Refusal(string? Title, string? Detail, Dictionary<string, string[]>? Errors)
    {
        public string Describe() => Errors is { Count: > 0 } ? string.Join(" ", Errors.Values.SelectMany(error => error)) : Detail ?? Title!;
    }
}

/// <summary>No server, or none that this command may talk to.</summary>
internal sealed class ServerUnreachableException(string message, Exception? inner = null) : AgentOSException(message, inner!);
