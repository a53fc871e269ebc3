namespace AgentOS.Activities.Planning;

/// <summary>One task as a planner wrote it; keys are the planner's own and hold only inside one call.</summary>
public sealed record PlannedTask(
    string Key,
    string Title,
    string Description,
    string Kind,
    IReadOnlyList<string> DependsOn,
    int Priority,
    IReadOnlyList<string> Files);

/// <summary>What a planner may hand over at once. Pure: problems are text for the model, nothing is half accepted.</summary>
public static class Plan
{
    /// <summary>More than this in one call is no plan that a person can follow.</summary>
    public const int MaxTasks = 50;

    /// <summary>The problems of a plan, empty when it can be accepted.</summary>
    /// <param name="tasks">The tasks of one <c>create_tasks</c> call.</param>
    /// <param name="knownKeys">Keys of tasks that earlier calls of the session created.</param>
    /// <param name="mayNest">Whether sub-goals are still allowed at this depth.</param>
    public static IReadOnlyList<string> Problems(
        IReadOnlyList<PlannedTask> tasks, IReadOnlySet<string> knownKeys, bool mayNest)
    {
        if (tasks.Count == 0) return ["the list of tasks is empty"];
        if (tasks.Count > MaxTasks) return [$"{tasks.Count} tasks in one call; at most {MaxTasks}, use tasks of kind 'goal' for large parts"];

        List<string> problems = [];
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var task in tasks)
        {
            if (string.IsNullOrWhiteSpace(task.Key)) problems.Add($"a task without a key: '{task.Title}'");
            else if (!keys.Add(task.Key)) problems.Add($"the key '{task.Key}' stands twice");
            else if (knownKeys.Contains(task.Key)) problems.Add($"the key '{task.Key}' was used by an earlier call; its task exists already");
            if (string.IsNullOrWhiteSpace(task.Title)) problems.Add($"task '{task.Key}' has no title");
            else if (task.Title.Length > 500) problems.Add($"the title of '{task.Key}' is longer than 500 characters");
            if (string.IsNullOrWhiteSpace(task.Description)) problems.Add($"task '{task.Key}' has no description: say what must be true when it is done");
            if (task.Kind is not ("code" or "goal")) problems.Add($"the kind of '{task.Key}' is '{task.Kind}'; it is 'code' or 'goal'");
            else if (task.Kind == "goal" && !mayNest) problems.Add($"'{task.Key}' is a goal, but goals cannot be nested deeper here: make it tasks of kind 'code'");
        }

        foreach (var task in tasks)
            foreach (var dependency in task.DependsOn)
                if (!keys.Contains(dependency) && !knownKeys.Contains(dependency))
                    problems.Add($"'{task.Key}' depends on '{dependency}', which is no key of this plan");

        if (problems.Count == 0 && Cycle(tasks) is { } cycle) problems.Add($"the dependencies form a cycle: {string.Join(" → ", cycle)}");
        return problems;
    }

    private static List<string>? Cycle(IReadOnlyList<PlannedTask> tasks)
    {
        var byKey = tasks.ToDictionary(t => t.Key, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        return tasks.Select(t => Visit(t.Key)).FirstOrDefault(found => found is not null);

        List<string>? Visit(string key)
        {
            if (done.Contains(key) || !byKey.TryGetValue(key, out var task)) return null;
            var at = path.IndexOf(key);
            if (at >= 0) return [.. path[at..], key];
            path.Add(key);
            foreach (var next in task.DependsOn)
                if (Visit(next) is { } found) return found;
            path.RemoveAt(path.Count - 1);
            done.Add(key);
            return null;
        }
    }
}
