using System.Text.Json.Serialization;
using AgentOS.Activities.Planning;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentOS.Server.Api;

/// <summary>What people decide about tasks, and say to who works on them.</summary>
internal static class DecisionApi
{
    private const int Longest = 100_000;

    public static void MapDecisionApi(this IEndpointRouteBuilder routes)
    {
        var task = routes.MapGroup("/api/tasks/{task}").WithTags("Decisions");
        task.MapPost("/steer", SteerAsync).WithSummary("Says something to whoever works on the task: it reaches their next turn, and every later session of the task. With file and line it is about that place of the diff.");
        task.MapPost("/approve", (string task, Verdict? body, TaskStore tasks, Lookup find, CancellationToken cancellation) => ReviewAsync(task, true, body, tasks, find, cancellation))
            .WithSummary("A person's approval of the commit in review, beside or in place of a judge's. The checks must pass all the same.");
        task.MapPost("/reject", (string task, Verdict? body, TaskStore tasks, Lookup find, CancellationToken cancellation) => ReviewAsync(task, false, body, tasks, find, cancellation))
            .WithSummary("A person's rejection of the commit in review: it goes back with the feedback.");
        task.MapPost("/stop", StopAsync).WithSummary("Stops the work on it, and on all below it, until it is retried.");
        task.MapPost("/take-over", TakeOverAsync).WithSummary("Hands its workspace to a person; agents leave it alone until it is handed back.");
        task.MapPost("/hand-back", HandBackAsync).WithSummary("What the person changed in the workspace is committed, checked and judged like an agent's work.");
        task.MapPost("/split", SplitAsync).WithSummary("Puts several tasks in its place.");
    }

    private static async Task<Created<Message>> SteerAsync(string task, Steer body, MessageStore messages, Lookup find, CancellationToken cancellation)
    {
        var found = await find.TaskAsync(task, cancellation);
        if (found.HasEnded) throw new InputException($"'{found.Title}' has ended: nobody works on it any more.");
        if (body.Line is not null && body.File is null) throw new InputException("'line' is of a file: give 'file' too.");
        var sent = await messages.SendAsync(new(MessageType.Comment, InputException.Text(body.Content, "content", Longest))
        {
            Id = body.Id ?? Guid.CreateVersion7(),
            TaskId = found.Id,
            File = body.File is null ? null : InputException.Text(body.File, "file", 4096),
            Line = body.Line is null ? null : InputException.Number(body.Line, "line", 1, int.MaxValue, 1),
            CommitSha = body.File is null ? null : found.HeadSha,
        }, cancellation);
        return TypedResults.Created($"/api/messages/{sent.Id}", sent);
    }

    private static async Task<EvidenceEntry> ReviewAsync(string task, bool approved, Verdict? body, TaskStore tasks, Lookup find, CancellationToken cancellation)
    {
        if (body?.Feedback is { Length: > Longest }) throw new InputException($"'feedback' takes {Longest} characters at most.");
        return await tasks.ReviewAsync((await find.TaskAsync(task, cancellation)).Id, approved, body?.Feedback ?? "", cancellation);
    }

    private static async Task<TaskIds> StopAsync(string task, Reason? body, TaskStore tasks, TaskStarter starter, Lookup find, CancellationToken cancellation)
    {
        var stopped = await tasks.StopAsync((await find.TaskAsync(task, cancellation)).Id, body?.Text is { } why ? InputException.Text(why, "reason", 10_000) : "a person stopped it", cancellation);
        foreach (var one in stopped) await starter.StopAsync(one, cancellation);
        return new([.. stopped.Select(one => one.Id)]);
    }

    private static async Task<TakenOver> TakeOverAsync(string task, TaskStore tasks, TaskStarter starter, Lookup find, CancellationToken cancellation)
    {
        var taken = (await tasks.DoAsync((await find.TaskAsync(task, cancellation)).Id, new TaskCommand.TakeOver(), cancellation: cancellation)).Task;
        await starter.StopAsync(taken, cancellation); // so that no command of the agent still writes there
        return new(taken.Id, taken.Title, taken.Workspace!, taken.BranchName);
    }

    private static async Task<AgentTask> HandBackAsync(string task, HandBack? body, TaskStore tasks, Lookup find, CancellationToken cancellation) =>
        (await tasks.DoAsync((await find.TaskAsync(task, cancellation)).Id,
            new TaskCommand.HandBack(body?.Summary is { } summary ? InputException.Text(summary, "summary", 10_000) : "A person did it."), cancellation: cancellation)).Task;

    private static async Task<IReadOnlyList<AgentTask>> SplitAsync(string task, Split body, TaskStore tasks, Lookup find, CancellationToken cancellation)
    {
        var parts = (body.Parts ?? []).Select(part => new SplitPart(InputException.Text(part?.Title, "title", 500), part?.Description)).ToList();
        return await tasks.SplitAsync((await find.TaskAsync(task, cancellation)).Id, parts, body.InOrder ?? false, cancellation);
    }
}

/// <param name="Workspace">The folder of the working tree, on the server's machine.</param>
internal sealed record TakenOver(Guid Id, string Title, string Workspace, string? Branch);

/// <param name="Id">The caller's, so that a request that is sent twice says it once.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Steer(string? Content, string? File, int? Line, Guid? Id);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Verdict(string? Feedback);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record HandBack(string? Summary);

/// <param name="InOrder">Each part comes after the one before it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Split(IReadOnlyList<SplitInto?>? Parts, bool? InOrder);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SplitInto(string? Title, string? Description);
