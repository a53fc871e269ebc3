using System.Text.Json.Serialization;
using AgentOS.Kernel.Board;
using AgentOS.Kernel.Log;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Server.Api;

internal static class GoalApi
{
    public static void MapGoalApi(this IEndpointRouteBuilder routes)
    {
        var goals = routes.MapGroup("/api/goals").WithTags("Goals");
        goals.MapGet("/", (TaskStore tasks, string? status, CancellationToken cancellation) =>
                tasks.ListAsync(new() { Kind = TaskKind.Goal, OnlyTop = true, Status = Lookup.Word<TaskState>(status, "status") }, cancellation))
            .WithSummary("Goals that no other goal made.");
        goals.MapGet("/overview", async (BoardStore board, Lookup find, string? repository, string? text, bool? ended, Guid? before, int? limit, CancellationToken cancellation) => await board.GoalsAsync(new()
            {
                RepositoryId = await find.RepositoryIdAsync(repository, cancellation), Text = text, HasEnded = ended, Before = before, Limit = InputException.Number(limit, "limit", 1, BoardStore.MostListedGoals, 60),
            }, cancellation))
            .WithSummary("Goals with how far they are, the newest first; 'ended' says whether only those that have, or have not; 'before' (the id of a goal) goes on with those that are older.");
        goals.MapGet("/{goal}", ShowAsync).WithSummary("A goal with all that it became: the summary that 'agentos goal --wait' ends with.");
        goals.MapPost("/{goal}/replan", ReplanAsync).WithSummary("Has it planned again, with a note to the planner. What is merged or being worked on stays.");
    }

    private static async Task<AgentTask> ReplanAsync(string goal, Replan body, TaskStore tasks, Lookup find, CancellationToken cancellation) =>
        await tasks.ReplanAsync((await find.TaskAsync(goal, cancellation)).Id, InputException.Text(body.Note, "note", 10_000), body.DropWaiting ?? false, cancellation);

    private static async Task<GoalSummary> ShowAsync(
        string goal, TaskStore tasks, ActivityLog log, RepositoryStore repositories, HttpContext http, TimeProvider time, Lookup find, CancellationToken cancellation)
    {
        var found = await find.TaskAsync(goal, cancellation);
        if (found.Kind != TaskKind.Goal) throw new InputException($"'{found.Title}' is a task, not a goal. Look at /api/tasks/{found.Id}.");
        var tree = await tasks.TreeAsync(found.Id, cancellation);
        var sentBack = await log.PageAsync(new() { TaskId = found.Id, WithChildren = true, EventPrefix = "task.sent_back" }, limit: 1000, cancellation: cancellation);
        var repository = found.RepositoryId is { } id ? await repositories.FindAsync(id, cancellation) : null;
        var ended = found.CompletedAt ?? (found.HasEnded || found.Status == TaskState.Blocked ? found.UpdatedAt : time.GetUtcNow());
        return new(
            found.Status == TaskState.Done,
            found.Id,
            found.Title,
            found.Status,
            found.Error,
            [.. tree.Where(task => task.Kind == TaskKind.Code).Select(task => new GoalTask(task.Id, task.Title, task.Status, task.Attempt, task.MergedSha, task.Error))],
            sentBack.Count,
            found.SpentUsd,
            repository?.Path,
            $"{http.Request.Scheme}://{http.Request.Host}",
            Math.Round((ended - found.CreatedAt).TotalSeconds, 1));
    }
}

/// <param name="Note">What the planner is to do differently.</param>
/// <param name="DropWaiting">Cancels what had not begun; else the new plan comes on top of it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Replan(string? Note, bool? DropWaiting);

/// <summary>What became of a goal.</summary>
/// <param name="Ok">It was reached.</param>
/// <param name="Goal">Its text.</param>
/// <param name="Rejections">How often work was sent back: by checks, by the judge, by the merge queue.</param>
/// <param name="CostUsd">What its model calls cost.</param>
/// <param name="Seconds">From the goal to its end, or to now.</param>
internal sealed record GoalSummary(
    bool Ok, Guid Id, string Goal, TaskState Status, string? Error, IReadOnlyList<GoalTask> Tasks, int Rejections, decimal CostUsd, string? Repository, string Url, double Seconds)
{
    /// <summary>Nothing more happens by itself.</summary>
    [JsonIgnore]
    public bool HasEnded => Status is TaskState.Done or TaskState.Cancelled or TaskState.Blocked;
}

/// <summary>A task of a goal, or of a goal below it.</summary>
internal sealed record GoalTask(Guid Id, string Title, TaskState Status, int Attempts, string? MergedSha, string? Error);
