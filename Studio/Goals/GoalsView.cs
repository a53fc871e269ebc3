using AgentOS.Kernel.Board;
using AgentOS.Kernel.Repositories;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Goals;

/// <param name="HasMore">There are older ones.</param>
public sealed record GoalList(IReadOnlyList<BoardGoal> Goals, IReadOnlyList<string> Repositories, bool HasMore);

/// <param name="HasEnded">Null: all of them.</param>
/// <param name="Before">Only goals that are older than this one.</param>
internal sealed record GoalsView(string? Repository, string? Text, bool? HasEnded, Guid? Before, int Limit) : LiveView<GoalList>
{
    public override async Task<GoalList> ReadAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var repositories = await services.GetRequiredService<RepositoryStore>().ListAsync(cancellation);
        var found = await services.GetRequiredService<BoardStore>().GoalsAsync(new()
        {
            // Of a repository that is not there, nothing.
            RepositoryId = Repository is null ? null : repositories.Find(one => one.Name == Repository)?.Id ?? Guid.AllBitsSet,
            Text = Text, HasEnded = HasEnded, Before = Before, Limit = Limit + 1,
        }, cancellation);
        return new([.. found.Take(Limit)], [.. repositories.Select(one => one.Name)], found.Count > Limit);
    }

    public override bool IsConcerned(ChangeSet changes) => changes.Has("goal", "task", "repository");

    public override TimeSpan Rest => TimeSpan.FromMilliseconds(500);
}
