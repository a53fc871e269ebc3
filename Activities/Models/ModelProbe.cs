using System.Net;
using System.Net.Http.Headers;

namespace AgentOS.Activities.Models;

/// <summary>Asks each provider that a role uses for its list of models, which costs nothing: is it there, and does it take the key?</summary>
public static class ModelProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>One line for each provider that cannot be used, with what to do. Empty when all answer.</summary>
    public static async Task<IReadOnlyList<string>> CheckAsync(ModelConfiguration configuration, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        using var http = new HttpClient(new KeyScrubbingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })) { Timeout = Timeout.InfiniteTimeSpan };
        var used = configuration.Roles.Values.SelectMany(r => r.Candidates).Select(configuration.ProviderOf).DistinctBy(p => p.Name);
        var problems = await Task.WhenAll(used.Select(provider => CheckAsync(http, provider, configuration.File, time ?? TimeProvider.System, cancellation)));
        return [.. problems.OfType<string>().Select(configuration.Scrub)];
    }

    private static async Task<string?> CheckAsync(HttpClient http, ModelProvider provider, string file, TimeProvider time, CancellationToken cancellation)
    {
        if (provider.Problem is { } problem) return problem;
        var where = $"provider '{provider.Name}' in {file}:{provider.Line}";
        using var patience = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, provider.BaseUrl!.AbsoluteUri.TrimEnd('/') + "/models");
        if (provider.ApiKey is { } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal());
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"The endpoint refuses the key: check api_key of {where}.",
                >= HttpStatusCode.InternalServerError => $"The endpoint answers {(int)response.StatusCode}: try again later, or check base_url of {where}.",
                // Not every endpoint lists its models: any other answer shows that somebody is there.
                _ => null,
            };
        }
        catch (HttpRequestException error)
        {
            return $"{provider.BaseUrl} cannot be reached ({error.Message}): check base_url of {where} and the network.";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"{provider.BaseUrl} does not answer within {Patience.TotalSeconds} s: check base_url of {where} and the network.";
        }
    }
}
