using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using OpenAI;

namespace AgentOS.Activities.Models;

/// <summary>The chat clients, one a model, over one connection pool. Retries are the gateway's: the client's own are off.</summary>
public sealed class ModelClients : IDisposable
{
    private readonly HttpClient _http = new(new KeyScrubbingHandler(new FinishReasonHandler(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })))
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly ConcurrentDictionary<(Uri Url, Secret? Key, string Provider, string Model), IChatClient> _clients = new();

    internal IChatClient For(ModelProvider provider, Model model) =>
        _clients.GetOrAdd((provider.BaseUrl!, provider.ApiKey, provider.Name, model.Name), key => Create(key.Url, key.Key, key.Provider, key.Model));

    private IChatClient Create(Uri url, Secret? key, string provider, string model)
    {
        // A local endpoint may want no key at all, but the client insists on one.
        var client = new OpenAIClient(new ApiKeyCredential(key?.Reveal() ?? "none"), new OpenAIClientOptions
        {
            Endpoint = url,
            RetryPolicy = new ClientRetryPolicy(0),
            Transport = new HttpClientPipelineTransport(_http),
            // The attempt has its own clocks: a reasoning model may be silent for longer than any fixed limit here.
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        });
        return client.GetChatClient(model).AsIChatClient().AsBuilder()
            .UseOpenTelemetry(sourceName: ModelTelemetry.Source, configure: telemetry => telemetry.EnableSensitiveData = false)
            .Use(inner => new NamedChatClient(inner, provider, url, model))
            .Build();
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
        _http.Dispose();
    }

    /// <summary>Gives telemetry the provider's name of llm.yaml, where the library would call every endpoint "openai".</summary>
    private sealed class NamedChatClient(IChatClient inner, string provider, Uri url, string model) : DelegatingChatClient(inner)
    {
        private readonly ChatClientMetadata _metadata = new(provider, url, model);

        public override object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceKey is null && serviceType == typeof(ChatClientMetadata) ? _metadata : base.GetService(serviceType, serviceKey);
    }
}

/// <summary>Names under which traces and metrics of model calls appear; they follow OpenTelemetry's <c>gen_ai</c> conventions and hold no texts.</summary>
public static class ModelTelemetry
{
    public const string Source = "AgentOS.Models";
}
