using System.Text.Json.Serialization;
using AgentOS.Kernel.Lessons;

namespace AgentOS.Server.Api;

internal static class LessonApi
{
    public static void MapLessonApi(this IEndpointRouteBuilder routes)
    {
        var lessons = routes.MapGroup("/api/lessons").WithTags("Lessons");
        lessons.MapGet("/", async (LessonStore store, Lookup find, string? repository, string? text, bool? retired, int? limit, CancellationToken cancellation) => await store.ListAsync(new()
            {
                RepositoryId = await find.RepositoryIdAsync(repository, cancellation), Text = text, WithRetired = retired ?? false, Limit = InputException.Number(limit, "limit", 1, 500, 100),
            }, cancellation))
            .WithSummary("What agents are told about a repository, or (without one) about all, the newest first; with 'retired' also what is told to nobody any more.");
        lessons.MapPost("/", async (TeachLesson body, LessonStore store, Lookup find, CancellationToken cancellation) =>
            {
                var repository = await find.RepositoryAsync(InputException.Text(body.Repository, "repository", 4096), cancellation);
                await store.AddAsync(repository.Id, LessonSource.Person, InputException.Text(body.Content, "content", LessonStore.Longest), cancellation: cancellation);
                return TypedResults.NoContent();
            })
            .WithSummary("Teaches a lesson; said twice, it is kept once.");
        lessons.MapPatch("/{lesson:guid}", (Guid lesson, ChangeLesson body, LessonStore store, CancellationToken cancellation) =>
                store.ChangeAsync(lesson, body.Content is { } content ? InputException.Text(content, "content", LessonStore.Longest) : null, body.Retired, cancellation))
            .WithSummary("Changes its words, or whether it is told to anyone.");
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

/// <summary>What is null stays.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ChangeLesson(string? Content, bool? Retired);
