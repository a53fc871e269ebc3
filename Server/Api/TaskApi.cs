using System.Text.Json.Serialization;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentOS.Server.Api;

internal static class TaskApi
{
    public static void MapTaskApi(this IEndpointRouteBuilder routes)
    {
        var tasks = routes.MapGroup("/api/tasks").WithTags("Tasks");
        tasks.MapGet("/", ListAsync).WithSummary("Tasks and goals, the most urgent first.");
        tasks.MapPost("/", CreateAsync).WithSummary("Makes a task. (Goals are given to POST /workflows/goals.)");
        tasks.MapGet("/{task}", ShowAsync).WithSummary("A task with what it depends on, its parts, sessions and open questions. The first letters of its id will do.");
        tasks.MapPatch("/{task}", EditAsync).WithSummary("Changes what a person may change.");
        tasks.MapPost("/{task}/cancel", CancelAsync).WithSummary("Cancels it and everything below it.");
        tasks.MapPost("/{task}/retry", RetryAsync).WithSummary("Gives a blocked task another chance.");
        tasks.MapPost("/{task}/assign", AssignAsync).WithSummary("Gives it to an agent, or (null) to whoever is free.");
    }

    private static async Task<List<AgentTask>> ListAsync(TaskStore tasks, Lookup find, string? status, string? kind, string? parent, string? repository, string? assignee, bool? top, int? limit, CancellationToken cancellation) =>
        await tasks.ListAsync(new()
        {
            Status = Lookup.Word<TaskState>(status, "status"),
            Kind = Lookup.Word<TaskKind>(kind, "kind"),
            ParentTaskId = parent is null ? null : (await find.TaskAsync(parent, cancellation)).Id,
            RepositoryId = await find.RepositoryIdAsync(repository, cancellation),
            AssigneeId = await find.AgentIdAsync(assignee, cancellation),
            OnlyTop = top ?? false,
            Limit = InputException.Number(limit, "limit", 1, 5000, 500),
        }, cancellation);

    private static async Task<Created<AgentTask>> CreateAsync(CreateTask body, TaskStore tasks, Lookup find, RepositoryIntake intake, CancellationToken cancellation)
    {
        var parent = body.Parent is null ? null : await find.TaskAsync(body.Parent, cancellation);
        var dependsOn = new List<Guid>();
        foreach (var key in body.DependsOn ?? []) dependsOn.Add((await find.TaskAsync(key, cancellation)).Id);
        var made = await tasks.CreateAsync(new(InputException.Text(body.Title, "title", 500))
        {
            Id = body.Id ?? Guid.CreateVersion7(),
            Description = body.Description,
            Priority = InputException.Number(body.Priority, "priority", -1000, 1000, 0),
            ParentTaskId = parent?.Id,
            RepositoryId = body.Repository is null ? parent?.RepositoryId : (await intake.FindOrAddAsync(body.Repository, cancellation: cancellation)).Id,
            AssigneeId = await find.AssigneeAsync(body.Assign, cancellation),
            BudgetUsd = InputException.Money(body.BudgetUsd, "budget_usd"),
            MaxAttempts = InputException.Number(body.MaxAttempts, "max_attempts", 1, 20, 3),
            Files = body.Files ?? [],
            DependsOn = dependsOn,
        }, cancellation);
        return TypedResults.Created($"/api/tasks/{made.Id}", made);
    }

    private static async Task<TaskDetails> ShowAsync(string task, TaskStore tasks, SessionStore sessions, MessageStore messages, Lookup find, CancellationToken cancellation)
    {
        var found = await find.TaskAsync(task, cancellation);
        var dependencies = await tasks.DependenciesAsync(found.ParentTaskId, cancellation);
        return new(found,
            [.. dependencies[found.Id]],
            await tasks.ListAsync(new() { ParentTaskId = found.Id }, cancellation),
            await sessions.ListAsync(taskId: found.Id, cancellation: cancellation),
            await messages.OpenQuestionsAsync(taskId: found.Id, cancellation: cancellation));
    }

    private static async Task<AgentTask> EditAsync(string task, EditTask body, TaskStore tasks, Lookup find, CancellationToken cancellation) =>
        await tasks.EditAsync((await find.TaskAsync(task, cancellation)).Id,
            body.Title is null ? null : InputException.Text(body.Title, "title", 500), body.Description,
            body.Priority is null ? null : InputException.Number(body.Priority, "priority", -1000, 1000, 0),
            InputException.Money(body.BudgetUsd, "budget_usd"), cancellation);

    private static async Task<TaskIds> CancelAsync(string task, Reason? body, TaskStore tasks, Lookup find, CancellationToken cancellation) =>
        new(await tasks.CancelAsync((await find.TaskAsync(task, cancellation)).Id, body?.Text ?? "a person cancelled it", cancellation: cancellation));

    private static async Task<AgentTask> RetryAsync(string task, Retry? body, TaskStore tasks, Lookup find, CancellationToken cancellation) =>
        await tasks.RetryAsync((await find.TaskAsync(task, cancellation)).Id, InputException.Number(body?.MoreAttempts, "more_attempts", 1, 20, 3), cancellation);

    private static async Task<AgentTask> AssignAsync(string task, Assign body, TaskStore tasks, Lookup find, CancellationToken cancellation)
    {
        var agent = await find.AssigneeAsync(body.Agent, cancellation);
        return (await tasks.DoAsync((await find.TaskAsync(task, cancellation)).Id, agent is { } id ? new TaskCommand.Assign(id) : new TaskCommand.Unassign(), cancellation: cancellation)).Task;
    }
}

/// <summary>A task, and what is around it.</summary>
internal sealed record TaskDetails(AgentTask Task, IReadOnlyList<Guid> DependsOn, IReadOnlyList<AgentTask> Children, IReadOnlyList<Session> Sessions, IReadOnlyList<Message> OpenQuestions);

internal sealed record TaskIds(IReadOnlyList<Guid> Tasks);

/// <param name="Id">The caller's, so that a request that is sent twice makes one task.</param>
/// <param name="Repository">Name, id or path.</param>
/// <param name="Assign">Name of an agent, or a role for whoever is free.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CreateTask(
    string? Title, string? Description, string? Repository, string? Parent, string? Assign, int? Priority, decimal? BudgetUsd, int? MaxAttempts, string[]? DependsOn, string[]? Files, Guid? Id);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record EditTask(string? Title, string? Description, int? Priority, decimal? BudgetUsd);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Reason([property: JsonPropertyName("reason")] string? Text);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Retry(int? MoreAttempts);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Assign(string? Agent);
