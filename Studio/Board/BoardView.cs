using AgentOS.Kernel;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Board;
using AgentOS.Kernel.Repositories;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Board;

/// <summary>The board under the filter of its address, where repositories and agents go by their names.</summary>
/// <param name="Limit">Cards for each column.</param>
public sealed record BoardView(string? Repository, Guid? Goal, string? Agent, string? Text, int Limit) : LiveView<BoardScreen>
{
    /// <summary>What a name stands for that nothing has: no task is of it.</summary>
    private static readonly Guid Nothing = Guid.AllBitsSet;

    public override async Task<BoardScreen> ReadAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var repositories = await services.GetRequiredService<RepositoryStore>().ListAsync(cancellation);
        var agents = await services.GetRequiredService<AgentStore>().ListAsync(null, cancellation);
        var filter = new BoardFilter
        {
            RepositoryId = Repository is null ? null : repositories.Find(one => one.Name == Repository)?.Id ?? Nothing,
            AgentId = Agent is null ? null : agents.Find(one => one.Name == Agent)?.Id ?? Nothing,
            GoalId = Goal,
            Text = Text,
        };
        var page = await services.GetRequiredService<BoardStore>().ReadAsync(filter, Limit, cancellation: cancellation);
        return new(filter, page, [.. repositories.Select(one => new Choice(one.Id, one.Name))],
            [.. agents.Where(one => one.Role == AgentRole.Worker).Select(one => new Choice(one.Id, one.Name))]);
    }

    public override BoardScreen KeepFrom(BoardScreen before, BoardScreen now) => now with { Page = now.Page.KeepFrom(before.Page) };

    public override bool IsConcerned(ChangeSet changes) => changes.Tasks.Count > 0 || changes.Has("task", "goal", "session", "agent", "worker_free", "repository");
}

/// <summary>The board, and what can be chosen on it.</summary>
public sealed record BoardScreen(BoardFilter Filter, BoardPage Page, ValueList<Choice> Repositories, ValueList<Choice> Workers);

/// <summary>One of the things that a person can choose.</summary>
public sealed record Choice(Guid Id, string Name);
