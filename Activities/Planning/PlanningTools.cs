using System.ComponentModel;
using System.Text.Json.Serialization;
using AgentOS.Activities.Models;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Tasks;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Planning;

/// <summary>A task as a planner writes it down.</summary>
public sealed record TaskArgument(
    [property: Description("A short name, unique in the plan; dependencies refer to it.")] string Key,
    [property: Description("What the change is, in a few words.")] string Title,
    [property: Description("What must be true when it is done, so that a stranger can judge it.")] string Description,
    [property: Description("'code' (the default), or 'goal' for a part that gets a planner of its own.")] string? Kind = null,
    [property: Description("Keys of tasks that must be merged before."), JsonPropertyName("depends_on")] string[]? DependsOn = null,
    [property: Description("Higher is more urgent; 0 when left out.")] int? Priority = null,
    [property: Description("Files that it will create or change.")] string[]? Files = null);

/// <summary>The planner's own tools: <c>create_tasks</c> and <c>spawn_worker</c>.</summary>
public sealed class PlanningTools(TaskStore tasks, AgentStore agents, ModelConfigurationFile models, PlanningOptions options, TeamLimits limits)
{
    public IReadOnlyList<AIFunction> For(SessionScope scope)
    {
        [Description("Makes the tasks of a plan, all or none.")]
        Task<string> CreateTasks([Description("The tasks.")] TaskArgument[] tasks, CancellationToken cancellation = default) => CreateAsync(scope, tasks, cancellation);

        [Description("Adds a coder, so that more tasks run at the same time.")]
        Task<string> SpawnWorker([Description("Its name; one is made when left out.")] string? name = null, [Description("A model of llm.yaml instead of the role's.")] string? model = null,
            CancellationToken cancellation = default) => SpawnAsync(scope, name, model, cancellation);

        return [AIFunctionFactory.Create(CreateTasks, "create_tasks"), AIFunctionFactory.Create(SpawnWorker, "spawn_worker")];
    }

    /// <summary>Whether this session has made tasks.</summary>
    public async Task<bool> HasPlannedAsync(SessionScope scope, CancellationToken cancellation) =>
        (await tasks.ListAsync(new TaskFilter { ParentTaskId = scope.Task.Id }, cancellation)).Exists(t => t.CreatedAt >= scope.Session.StartedAt);

    private async Task<string> CreateAsync(SessionScope scope, TaskArgument[] given, CancellationToken cancellation)
    {
        PlannedTask[] plan = [.. (given ?? []).OfType<TaskArgument>().Select(t => new PlannedTask(t.Key, t.Title, t.Description, t.Kind ?? "code", Texts(t.DependsOn), t.Priority ?? 0, Texts(t.Files)))];
        var known = (await tasks.ListAsync(new TaskFilter { ParentTaskId = scope.Task.Id }, cancellation)).Select(t => t.PlanKey).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var step = $"{scope.Session.Id}:{string.Join('|', plan.Select(t => t.Key))}";
        // The same call again, after a crash, is not a second plan.
        var again = plan.Length > 0 && plan.All(t => known.Contains(t.Key));
        if (!again && Plan.Problems(plan, known, scope.Task.Depth < options.MostNesting) is { Count: > 0 } problems)
            return $"Error: nothing was created. {string.Join("; ", problems)}.";
        try
        {
            var made = await tasks.CreatePlanAsync(scope.Task.Id, step.Length > 200 ? $"{scope.Session.Id}:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(step)))}" : step,
                [.. plan.Select(t => new PlanItem(t.Key, t.Title, t.Description, t.Kind == "goal" ? TaskKind.Goal : TaskKind.Code) { DependsOn = t.DependsOn, Priority = t.Priority, Files = t.Files })],
                scope.Session.AgentId, cancellation);
            return $"Created {made.Count} tasks: {string.Join(", ", made.Select(t => t.PlanKey))}.";
        }
        catch (RefusedException refused)
        {
            return $"Error: nothing was created. {refused.Message}";
        }
    }

    private static string[] Texts(string?[]? given) => [.. (given ?? []).OfType<string>()];

    private async Task<string> SpawnAsync(SessionScope scope, string? name, string? model, CancellationToken cancellation)
    {
        var workers = await agents.ListAsync(AgentRole.Worker, cancellation);
        if (workers.Count >= limits.MostWorkers) return $"Error: there are {workers.Count} coders, and {limits.MostWorkers} are the most that the owner allows.";
        name ??= $"worker-{workers.Count + 1}";
        try
        {
            // A model that is not there would have every task of this coder blocked.
            if (model is not null) models.Current.Model(model);
            var worker = await agents.CreateAsync(name, AgentRole.Worker, model ?? workers.FirstOrDefault()?.Model ?? "worker", createdBy: scope.Session.AgentId, cancellation: cancellation);
            return $"{worker.Name} is there.";
        }
        catch (ModelConfigurationException unknown)
        {
            return $"Error: {unknown.Message}";
        }
        catch (RefusedException refused)
        {
            return $"Error: {refused.Message}";
        }
    }
}

/// <param name="MostNesting">Levels of goals inside goals.</param>
public sealed record PlanningOptions(int MostNesting = 3);
