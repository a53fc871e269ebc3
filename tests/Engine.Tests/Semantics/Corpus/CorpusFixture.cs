using System.Collections.Concurrent;
using AgentOS.Engine.Tests.Runtime;

namespace AgentOS.Engine.Tests.Semantics.Corpus;

/// <summary>One server for all cases. They are replayed several at a time, in the order of their names, from when the first is asked for.</summary>
public sealed class CorpusFixture : IAsyncLifetime
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly EngineNodeFixture _node = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<IReadOnlyList<string>>> _results = new();
    private Task _replay = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _replay = Parallel.ForEachAsync(CorpusCase.Names, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (name, _) => await ReplayAsync(name));
    }

    public async ValueTask DisposeAsync()
    {
        await _replay;
        await _node.DisposeAsync();
    }

    public Task<IReadOnlyList<string>> DifferencesAsync(string name) => Result(name).Task;

    private TaskCompletionSource<IReadOnlyList<string>> Result(string name) => _results.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task ReplayAsync(string name)
    {
        try
        {
            var run = new CaseRun(new CaseServer(_node.Node.Http), CorpusCase.Load(name, CorpusTests.Better.ContainsKey(name)), Patience);
            var differences = await run.DifferencesAsync();
            await run.CleanUpAsync();
            Result(name).SetResult(differences);
        }
        catch (Exception exception) when (exception is HttpRequestException or InvalidOperationException or System.Text.Json.JsonException or KeyNotFoundException or NullReferenceException or TaskCanceledException or FormatException)
        {
            Result(name).TrySetException(exception);
        }
    }
}
