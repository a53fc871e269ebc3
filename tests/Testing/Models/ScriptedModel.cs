using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentOS.Testing.Models;

/// <param name="Number">Of this endpoint's requests, from 1.</param>
public sealed record ScriptedRequest(int Number, JsonNode Body, string? Authorization)
{
    public string Model => (string?)Body["model"] ?? "";

    public JsonArray Messages => Body["messages"]!.AsArray();
}

/// <summary>A real OpenAI-compatible endpoint on a free loopback port that answers as a test says, faults included.</summary>
public sealed class ScriptedModel : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<ScriptedRequest, ScriptedAnswer> _script;
    private readonly ConcurrentQueue<ScriptedRequest> _requests = new();
    private readonly SemaphoreSlim _hanging = new(0);
    private int _count;

    private ScriptedModel(Func<ScriptedRequest, ScriptedAnswer> script)
    {
        _script = script;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/v1/chat/completions", AnswerAsync);
    }

    /// <summary>To be used as <c>base_url</c>.</summary>
    public string Url => _app.Urls.First() + "/v1";

    public IReadOnlyList<ScriptedRequest> Requests => [.. _requests];

    public static async Task<ScriptedModel> StartAsync(Func<ScriptedRequest, ScriptedAnswer> script)
    {
        var model = new ScriptedModel(script);
        await model._app.StartAsync();
        return model;
    }

    /// <summary>The answers in turn; the last one again and again.</summary>
    public static Task<ScriptedModel> StartAsync(params ScriptedAnswer[] answers) =>
        StartAsync(request => answers[Math.Min(request.Number, answers.Length) - 1]);

    /// <summary>Ends when an answer has sent all that it will send and hangs.</summary>
    public Task HangsAsync(CancellationToken cancellation) => _hanging.WaitAsync(cancellation);

    private async Task AnswerAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        var request = new ScriptedRequest(Interlocked.Increment(ref _count), body, context.Request.Headers.Authorization);
        _requests.Enqueue(request);
        var answer = _script(request);
        var response = context.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers) response.Headers[name] = value;
        if (answer.Body is { } text)
        {
            response.ContentType ??= "application/json";
            await response.WriteAsync(text);
            return;
        }
        response.ContentType = "text/event-stream";
        await response.StartAsync();
        foreach (var data in answer.Events)
        {
            await response.WriteAsync($"data: {data}\n\n");
            await response.Body.FlushAsync();
        }
        switch (answer.End)
        {
            case AnswerEnd.Done:
                await response.WriteAsync("data: [DONE]\n\n");
                break;
            case AnswerEnd.Abort:
                context.Abort();
                break;
            case AnswerEnd.Hang:
                _hanging.Release();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (var atOnce = new CancellationTokenSource(TimeSpan.Zero)) await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
        _hanging.Dispose();
    }
}
