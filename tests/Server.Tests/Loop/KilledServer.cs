using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using AgentOS.Server.Hosting;
using Shouldly;

namespace AgentOS.Server.Tests.Loop;

/// <summary>The real server as a process, to be killed.</summary>
/// <param name="role">Null: the first server on the data folder; else one that joins it.</param>
internal sealed class KilledServer(DataFolder data, string connection, string? role = null) : IAsyncDisposable
{
    private Process? _process;
    private HttpClient? _owner;
    private readonly ConcurrentQueue<string> _said = new();

    /// <summary>With the owner's credential.</summary>
    public HttpClient Owner => _owner!;

    /// <summary>Starts it when it does not run, and waits until it says that it is up.</summary>
    public async Task StartAsync()
    {
        if (_process is { HasExited: false }) return;
        var start = new ProcessStartInfo("dotnet", [Cli.Program, "start", .. role is null ? (string[])[] : [role], "--url", "http://127.0.0.1:0"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AGENTOS_HOME"] = data.Path;
        start.Environment["AGENTOS_DETACHED"] = "1";
        start.Environment["ConnectionStrings__AgentOS"] = connection;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
        (await _process.StandardOutput.ReadLineAsync()).ShouldNotBeNull($"The server did not start: {string.Join('\n', _said)}");
        _owner?.Dispose();
        _owner = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new(data.ReadServer()!.Url) };
        _owner.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", data.ReadToken());
    }

    /// <summary>Given again, it is the same goal.</summary>
    public async Task<bool> GiveAsync(Guid id, string repository)
    {
        using var answer = await _owner!.PostAsJsonAsync("/workflows/goals", new { id, goal = "Do the work", repository });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return true;
    }

    /// <summary>A repository whose merges are pushed.</summary>
    public async Task AddAsync(string repository, string remote)
    {
        using var answer = await _owner!.PostAsJsonAsync("/api/repositories", new { path = repository, remote_url = remote });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) Kill();
        _process?.Dispose();
        _owner?.Dispose();
        return ValueTask.CompletedTask;
    }
}
