using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Kernel.Goals;

/// <summary>A goal as a person gives it, from whichever way in.</summary>
/// <param name="Repository">Name, path or URL.</param>
/// <param name="Workers">How many are at it at once; they are made when there are fewer. Null: all there are.</param>
/// <param name="Models">Role → model, where it is to be another than the role's.</param>
public sealed record GoalWish(string Title, string? Description, string Repository, decimal? BudgetUsd = null, int? Workers = null, int Priority = 0, string? Branch = null, IReadOnlyDictionary<string, string>? Models = null)
{
    private const int LongestTitle = 500;

    /// <summary>The caller's: given twice, it is one goal.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The workflow that makes it and goes on with it; null leaves it to be taken up.</summary>
    public string? WorkflowInstanceId { get; init; }

    /// <summary>A long text becomes a title (its first line) and a description.</summary>
    public static (string Title, string? Description) Split(string goal, string? more)
    {
        goal = goal.Trim();
        var line = goal.Split('\n')[0].Trim();
        var title = line.Length <= LongestTitle ? line : line[..(LongestTitle - 1)] + "…";
        var description = string.Join("\n\n", new[] { goal == title ? null : goal, more?.Trim() }.Where(text => !string.IsNullOrEmpty(text)));
        return (title, description.Length == 0 ? null : description);
    }
}

/// <summary>Takes goals on: the one decision behind the page, the command and the HTTP endpoint.</summary>
public sealed class GoalIntake(TaskStore tasks, AgentStore agents, RepositoryIntake repositories, OfferModels models, TeamLimits limits)
{
    private static readonly string[] Roles = [.. Words.All<AgentRole>()];

    /// <exception cref="AgentOSException">It cannot be taken on; the message says why.</exception>
    public async Task<(AgentTask Goal, Repository Repository)> GiveAsync(GoalWish wish, CancellationToken cancellation = default)
    {
        if (string.IsNullOrWhiteSpace(wish.Title)) throw new AgentOSException("The goal is missing: say what is to be reached.");
        if (string.IsNullOrWhiteSpace(wish.Repository)) throw new AgentOSException("The repository is missing: give its name, its path or its URL.");
        if (wish.BudgetUsd < 0) throw new AgentOSException("The budget must not be negative.");
        if (wish.Workers < 1) throw new AgentOSException("A goal needs at least 1 worker.");
        if (wish.Workers > limits.MostWorkers) throw new AgentOSException($"{wish.Workers} workers are more than the {limits.MostWorkers} that this installation allows.");
        var chosen = Chosen(wish);
        await CheckRolesAsync(chosen, cancellation);
        var repository = await repositories.FindOrAddAsync(wish.Repository.Trim(), wish.Branch, cancellation);
        await AddWorkersAsync(wish.Workers ?? 0, cancellation);
        var goal = await tasks.CreateAsync(new(wish.Title, TaskKind.Goal)
        {
            Id = wish.Id, Description = wish.Description, RepositoryId = repository.Id, BudgetUsd = wish.BudgetUsd, Priority = wish.Priority, Workers = wish.Workers, Models = chosen,
            WorkflowInstanceId = wish.WorkflowInstanceId,
        }, cancellation);
        return (goal, repository);
    }

    private Dictionary<string, string> Chosen(GoalWish wish)
    {
        Dictionary<string, string> chosen = [];
        foreach (var (role, model) in wish.Models ?? new Dictionary<string, string>())
        {
            if (!Roles.Contains(role)) throw new AgentOSException($"'{role}' is no role that a model can be chosen for. Choose for {string.Join(", ", Roles)}.");
            if (!string.IsNullOrWhiteSpace(model)) chosen[role] = models().Find(model.Trim());
        }

        return chosen;
    }

    /// <summary>What would only be found out by the first judge is said before anything is paid for.</summary>
    private async Task CheckRolesAsync(Dictionary<string, string> chosen, CancellationToken cancellation)
    {
        var offered = models().Roles;
        if (Roles.All(role => chosen.ContainsKey(role) || offered.ContainsKey(role))) return;
        var team = await agents.ListAsync(null, cancellation);
        // An agent that has a model of its own needs none of its role.
        if (Roles.FirstOrDefault(role => !chosen.ContainsKey(role) && !offered.ContainsKey(role) && !team.Exists(one => one.Role.Word() == role && one.Model != role)) is { } missing)
            throw new AgentOSException($"No model is set for the role '{missing}'. Set one under 'roles:' in llm.yaml (agentos model says where that is), or choose one for this goal.");
    }

    private async Task AddWorkersAsync(int wanted, CancellationToken cancellation)
    {
        var workers = await agents.ListAsync(AgentRole.Worker, cancellation);
        var taken = workers.Select(worker => worker.Name).ToHashSet(StringComparer.Ordinal);
        for (var (number, there) = (1, workers.Count); there < wanted; number++)
        {
            if (!taken.Add($"worker-{number}")) continue;
            await agents.CreateAsync($"worker-{number}", AgentRole.Worker, workers.FirstOrDefault()?.Model ?? AgentRole.Worker.Word(), cancellation: cancellation);
            there++;
        }
    }
}
