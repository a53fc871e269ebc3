using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Activities.Models.Recording;

/// <summary>
/// An OpenAI-compatible endpoint on loopback that answers from a <see cref="ModelScript"/>: a <see cref="Recording"/> or <see cref="InstantModel"/>.
/// The way to it is the real one: HTTP, streaming, tools, prices. It keeps nothing between requests.
/// </summary>
public sealed class RecordedModel : IAsyncDisposable
{
    /// <summary>The provider's name in <see cref="Configuration"/>, by which the screen knows that answers are recorded.</summary>
    public const string ProviderName = "recorded";

    private const int LargestRequest = 64 << 20;

    private readonly WebApplication _app;
    private readonly ModelScript _script;
    private readonly string? _key;
    private long _answers;

    private RecordedModel(ModelScript script, int port, string? key)
    {
        (_script, _key) = (script, key);
        // Nothing of the host's settings (ASPNETCORE_URLS, logging) reaches this little server.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
        });
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.UseRouting();
        foreach (var prefix in (string[])["", "/v1"])
        {
            _app.MapPost($"{prefix}/chat/completions", AnswerAsync);
            _app.MapGet($"{prefix}/models", ModelsAsync);
        }
    }

    /// <summary>To be used as <c>base_url</c>.</summary>
    public Uri Url => new(_app.Urls.First() + "/v1");

    /// <summary>Requests answered since the start.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <param name="port">0 takes a free one.</param>
    /// <param name="key">When given, requests must carry it as bearer token.</param>
    /// <exception cref="Kernel.AgentOSException">The port is taken.</exception>
    public static async Task<RecordedModel> StartAsync(ModelScript script, int port = 0, string? key = null, CancellationToken cancellation = default)
    {
        var model = new RecordedModel(script, port, key);
        try
        {
            await model._app.StartAsync(cancellation);
        }
        catch (IOException error)
        {
            await model._app.DisposeAsync();
            throw new Kernel.AgentOSException($"The recorded model cannot listen on 127.0.0.1:{port}: {error.Message} Choose another port.", error);
        }
        return model;
    }

    /// <summary>An llm.yaml in which every role uses this endpoint. Prices are those of models of the kind, so that costs look as they would.</summary>
    public string Configuration(string? keyVariable = null) => $$"""
        # Answers of this endpoint are recorded; nothing is asked of a real model.
        providers:
          {{ProviderName}}:
            {{(keyVariable is null ? "" : $"api_key: ${{{keyVariable}}}")}}
            base_url: {{Url}}
            models:
              - { name: recorded-reasoner, input: 0.55, cached_input: 0.14, output: 2.19, context: 64000, max_output: 8000 }
              - { name: recorded-chat, input: 0.27, cached_input: 0.07, output: 1.10, context: 64000, max_output: 8000 }
        roles:
          orchestrator: { primary: recorded-reasoner, fallback: recorded-chat }
          worker: { primary: recorded-chat, fallback: recorded-reasoner }
          reviewer: { primary: recorded-reasoner, fallback: recorded-chat }
          heartbeat: { primary: recorded-chat }
        """;

    private async Task AnswerAsync(HttpContext context)
    {
        if (!await IsAllowedAsync(context)) return;
        var cancellation = context.RequestAborted;
        CompletionRequest request;
        CompletionAnswer answer;
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, cancellation);
            request = CompletionRequest.Parse(body.ToArray());
            answer = _script(request);
        }
        catch (Exception error) when (error is FormatException or NoAnswerException)
        {
            // 400, and no other: asking the same again cannot help.
            await RefuseAsync(context, StatusCodes.Status400BadRequest, error.Message);
            return;
        }
        Interlocked.Increment(ref _answers);
        if (answer.Latency > TimeSpan.Zero) await Task.Delay(answer.Latency, cancellation);
        var writer = new CompletionWriter(request, answer);
        if (!request.Stream)
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(writer.Whole(), cancellation);
            return;
        }
        context.Response.ContentType = "text/event-stream";
        foreach (var piece in writer.Pieces())
        {
            await context.Response.Body.WriteAsync("data: "u8.ToArray(), cancellation);
            await context.Response.Body.WriteAsync(piece, cancellation);
            await context.Response.Body.WriteAsync("\n\n"u8.ToArray(), cancellation);
            if (answer.PieceLength is not null) await context.Response.Body.FlushAsync(cancellation);
        }
        await context.Response.Body.WriteAsync("data: [DONE]\n\n"u8.ToArray(), cancellation);
    }

    private async Task ModelsAsync(HttpContext context)
    {
        if (!await IsAllowedAsync(context)) return;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("""{"object":"list","data":[{"id":"recorded-reasoner","object":"model","created":0,"owned_by":"agentos"},{"id":"recorded-chat","object":"model","created":0,"owned_by":"agentos"}]}""");
    }

    private async ValueTask<bool> IsAllowedAsync(HttpContext context)
    {
        if (_key is null || context.Request.Headers.Authorization == $"Bearer {_key}") return true;
        await RefuseAsync(context, StatusCodes.Status401Unauthorized, "The key is not the one that the recorded model was started with.");
        return false;
    }

    private static async Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonSerializer.Serialize(new { error = new { message, type = "invalid_request_error" } }), context.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        using (var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1))) await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }
}
