using AgentOS.Kernel.Lessons;
using AgentOS.Kernel.Repositories;
using AgentOS.Studio.Board;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Lessons;

/// <param name="HasMore">There are older ones.</param>
public sealed record LessonList(IReadOnlyList<Lesson> Lessons, IReadOnlyList<Choice> Repositories, bool HasMore);

internal sealed record LessonsView(string? Repository, string? Text, bool WithRetired, int Limit) : LiveView<LessonList>
{
    public override async Task<LessonList> ReadAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var repositories = await services.GetRequiredService<RepositoryStore>().ListAsync(cancellation);
        var filter = new LessonFilter
        {
            // Of a repository that is not there, nothing.
            RepositoryId = Repository is null ? null : repositories.Find(one => one.Name == Repository)?.Id ?? Guid.AllBitsSet,
            Text = Text, WithRetired = WithRetired, Limit = Limit + 1,
        };
        var found = await services.GetRequiredService<LessonStore>().ListAsync(filter, cancellation);
        return new([.. found.Take(Limit)], [.. repositories.Select(one => new Choice(one.Id, one.Name))], found.Count > Limit);
    }

    public override bool IsConcerned(ChangeSet changes) => changes.Has("lesson", "repository");
}
