using System.Text.Json.Serialization;
using AgentOS.Kernel.Lessons;

namespace AgentOS.Server.Api;

internal static class LessonApi
{
    public static void MapLessonApi(this IEndpointRouteBuilder routes)
    {
        var lessons = routes.MapGroup("/api/lessons").WithTags("Lessons");
        lessons.MapGet("/", async (LessonStore store, Lookup find, string? repository, int? limit, CancellationToken cancellation) => await store.ListAsync(
                (await find.RepositoryAsync(InputException.Text(repository, "repository", 4096), cancellation)).Id, InputException.Number(limit, "limit", 1, 500, 100), cancellation))
            .WithSummary("What agents are told about a repository, the newest first.");
        lessons.MapPost("/", async (TeachLesson body, LessonStore store, Lookup find, CancellationToken cancellation) =>
            {
                var repository = await find.RepositoryAsync(InputException.Text(body.Repository, "repository", 4096), cancellation);
                await store.AddAsync(repository.Id, LessonSource.Person, InputException.Text(body.Content, "content", 10_000), cancellation: cancellation);
                return TypedResults.NoContent();
            })
            .WithSummary("Teaches a lesson; said twice, it is kept once.");
        lessons.MapDelete("/{lesson:guid}", async (Guid lesson, LessonStore store, CancellationToken cancellation) =>
            {
                await store.RetireAsync(lesson, cancellation);
                return TypedResults.NoContent();
            })
            .WithSummary("It is not told to anyone any more.");
    }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TeachLesson(string? Repository, string? Content);
