using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>A node of the engine in a process of its own, that can be killed and paused.</summary>
public sealed class EngineProcess : IAsyncDisposable
{
    private readonly Process _process;

    private EngineProcess(Process process, Uri address)
    {
        _process = process;
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
    }

    public HttpClient Http { get; }

    public static async Task<EngineProcess> StartAsync(string connectionString)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "AgentOS.Engine.Host.dll"));
        start.ArgumentList.Add(connectionString);
        var process = Process.Start(start)!;
        var said = new List<string>();
        Uri? address = null;
        // Its address, after what workflows may have written that it went on with already.
        while (address is null)
        {
            if (await process.StandardOutput.ReadLineAsync() is not { } line)
            {
                process.Kill();
                throw new InvalidOperationException($"The engine did not start. It said: {string.Join('\n', said)}");
            }

            said.Add(line);
            if (line.StartsWith("http://", StringComparison.Ordinal)) Uri.TryCreate(line, UriKind.Absolute, out address);
        }

        _ = process.StandardOutput.ReadToEndAsync();
        return new(process, address);
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Pause() => Signal("STOP");
    public void GoOn() => Signal("CONT");

    public async Task PublishAsync(string definition)
    {
        using var answer = await Http.PostAsync("elsa/api/workflow-definitions", new StringContent(definition, System.Text.Encoding.UTF8, "application/json"));
        (await answer.Content.ReadAsStringAsync()).ShouldContain("\"isPublished\":true");
    }

    public async Task<string> DispatchAsync(string definitionId, string? instanceId = null)
    {
        using var answer = await Http.PostAsJsonAsync($"elsa/api/workflow-definitions/{definitionId}/dispatch", new { instanceId });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("workflowInstanceId").GetString()!;
    }

    public async Task<HttpResponseMessage> PostAsync(string path, object? body = null) => await Http.PostAsJsonAsync(path, body ?? new { });

    /// <summary>The events of an instance's journal, as <c>activity event</c>.</summary>
    public async Task<List<string>> JournalAsync(string instance) =>
        [.. (await Http.GetFromJsonAsync<JsonElement>($"elsa/api/workflow-instances/{instance}/journal?take=1000")).GetProperty("items").EnumerateArray()
            .Select(x => $"{x.GetProperty("activityId").GetString()} {x.GetProperty("eventName").GetString()}")];

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            GoOn();
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }
}
