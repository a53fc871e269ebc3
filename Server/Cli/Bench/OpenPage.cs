using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentOS.Kernel;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace AgentOS.Server.Cli.Bench;

/// <summary>
/// A page of Mission Control that somebody has open, without a browser: its document, its circuit, and every drawing that the server sends, acknowledged as a browser does.
/// Scripts are answered as if they had run.
/// </summary>
internal sealed partial class OpenPage : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly HubConnection _circuit;
    private readonly ConcurrentDictionary<string, Awaited> _awaited = new();
    private readonly TaskCompletionSource _drawn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OpenPage(HubConnection circuit) => _circuit = circuit;

    /// <exception cref="AgentOSException">The document has no circuit, or the server ends it.</exception>
    public static async Task<OpenPage> OpenAsync(HttpClient http, string token, string path, CancellationToken cancellation)
    {
        var document = await http.GetStringAsync(new Uri(path, UriKind.Relative), cancellation);
        var markers = Marker().Matches(document).Select(match => JsonDocument.Parse(match.Groups[1].Value).RootElement).Where(marker => marker.TryGetProperty("descriptor", out _)).ToList();
        if (markers.Count == 0) throw new AgentOSException($"The document of {path} has nothing in it that would be drawn anew.");
        var state = State().Match(document).Groups[1].Value;
        var address = new Uri(http.BaseAddress!, path);

        var builder = new HubConnectionBuilder().WithUrl(new Uri(http.BaseAddress!, "_blazor"), options => options.Headers["Authorization"] = new AuthenticationHeaderValue("Bearer", token).ToString());
        builder.Services.AddSingleton<IHubProtocol, BlazorPack>();
        var page = new OpenPage(builder.Build());
        page.Answer();
        await page._circuit.StartAsync(cancellation);
        if (await page._circuit.InvokeAsync<string?>("StartCircuit", http.BaseAddress!.ToString(), address.ToString(), "[]", state, cancellation) is null)
            throw new AgentOSException($"The server opens no circuit for {path}.");
        var operations = JsonSerializer.Serialize(new { batchId = 1, operations = markers.Select((marker, index) => new { type = "add", ssrComponentId = index + 1, marker }) });
        await page._circuit.SendAsync("UpdateRootComponents", operations, state, cancellation);
        await page._drawn.Task.WaitAsync(Longest, cancellation);
        return page;
    }

    /// <summary>The moment at which the text arrives in a drawing. Ask before it can.</summary>
    public Task<DateTime> SeesAsync(string text)
    {
        var awaited = new Awaited(Encoding.UTF8.GetBytes(text), new(TaskCreationOptions.RunContinuationsAsynchronously));
        _awaited[text] = awaited;
        return awaited.Seen.Task;
    }

    public async ValueTask DisposeAsync() => await _circuit.DisposeAsync();

    private void Answer()
    {
        _circuit.On<long, byte[]>("JS.RenderBatch", async (batch, drawing) =>
        {
            var now = DateTime.UtcNow;
            foreach (var (text, awaited) in _awaited)
                if (drawing.AsSpan().IndexOf(awaited.Text) >= 0 && _awaited.TryRemove(text, out _)) awaited.Seen.TrySetResult(now);
            await _circuit.SendAsync("OnRenderCompleted", batch, null);
        });
        _circuit.On<long, string, string, int, long, int>("JS.BeginInvokeJS", async (call, _, _, _, _, _) =>
        {
            if (call != 0) await _circuit.SendAsync("EndInvokeJSFromDotNet", call, true, $"[{call},true,null]");
        });
        _circuit.On<long>("JS.EndUpdateRootComponents", _ => _drawn.TrySetResult());
        _circuit.On<string>("JS.Error", error => Fail(error));
        _circuit.Closed += error => { Fail(error?.Message ?? "The circuit was closed."); return Task.CompletedTask; };
    }

    private void Fail(string error)
    {
        var failure = new AgentOSException($"An open page was ended: {error}");
        _drawn.TrySetException(failure);
        foreach (var awaited in _awaited.Values) awaited.Seen.TrySetException(failure);
    }

    [GeneratedRegex("<!--Blazor:(\\{.*?\\})-->", RegexOptions.Singleline)]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:([^>]*?)-->")]
    private static partial Regex State();

    private sealed record Awaited(byte[] Text, TaskCompletionSource<DateTime> Seen);

    /// <summary>Blazor's circuits speak MessagePack under a name of their own.</summary>
    private sealed class BlazorPack : IHubProtocol
    {
        private readonly MessagePackHubProtocol _pack = new();

        public string Name => "blazorpack";

        public int Version => 1;

        public TransferFormat TransferFormat => TransferFormat.Binary;

        public bool IsVersionSupported(int version) => version == Version;

        public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message) => _pack.TryParseMessage(ref input, binder, out message);

        public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => _pack.WriteMessage(message, output);

        public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _pack.GetMessageBytes(message);
    }
}
