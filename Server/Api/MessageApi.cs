using System.Text.Json.Serialization;
using AgentOS.Kernel.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentOS.Server.Api;

internal static class MessageApi
{
    private const int Longest = 100_000;

    public static void MapMessageApi(this IEndpointRouteBuilder routes)
    {
        var messages = routes.MapGroup("/api").WithTags("Messages");
        messages.MapGet("/messages", async (MessageStore store, Lookup find, string? task, string? agent, int? limit, CancellationToken cancellation) => await store.ListAsync(
                task is null ? null : (await find.TaskAsync(task, cancellation)).Id, await find.AgentIdAsync(agent, cancellation),
                InputException.Number(limit, "limit", 1, 1000, 200), cancellation))
            .WithSummary("The newest messages, oldest first.");
        messages.MapPost("/messages", SendAsync).WithSummary("Says something to an agent, or to all.");
        messages.MapGet("/questions", async (MessageStore store, Lookup find, string? task, CancellationToken cancellation) => await store.OpenQuestionsAsync(
                task is null ? null : (await find.TaskAsync(task, cancellation)).Id, cancellation: cancellation))
            .WithSummary("Questions that wait for a person's answer.");
        messages.MapPost("/questions/{question:guid}/answer", (Guid question, Answer body, MessageStore store, CancellationToken cancellation) =>
                store.AnswerAsync(question, InputException.Text(body.Content, "content", Longest), cancellation: cancellation))
            .WithSummary("Answers a question; who asked goes on.");
    }

    private static async Task<Created<Message>> SendAsync(SendMessage body, MessageStore store, Lookup find, CancellationToken cancellation)
    {
        var sent = await store.SendAsync(new(MessageType.Comment, InputException.Text(body.Content, "content", Longest))
        {
            Id = body.Id ?? Guid.CreateVersion7(),
            TaskId = body.Task is null ? null : (await find.TaskAsync(body.Task, cancellation)).Id,
            ToAgentId = await find.AgentIdAsync(body.To, cancellation),
        }, cancellation);
        return TypedResults.Created($"/api/messages/{sent.Id}", sent);
    }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SendMessage(string? Content, string? Task, string? To, Guid? Id);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Answer(string? Content);
