using System.CommandLine;
using AgentOS.Kernel;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Board;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli;

/// <summary>goal; goal list, replan.</summary>
internal static class GoalCommand
{
    public static Command Create()
    {
        var text = new Argument<string>("goal") { Description = "What you want, in words." };
        var repository = new Option<string>("--repo") { Description = "Path, URL or name of the git repository.", Required = true }.CompletesRepositories();
        var description = new Option<string?>("--description", "-d") { Description = "More about it." };
        var budget = new Option<decimal?>("--budget") { Description = "US dollars that its model calls may cost." };
        var workers = new Option<int?>("--workers") { Description = "How many workers are at it at once, made when there are fewer (default: all there are)." };
        var models = new Option<string[]>("--model") { Description = "Another model than the role's, as ROLE=MODEL (worker=openai/gpt-5), or MODEL for the workers. Can be given again." };
        var wait = new Option<bool>("--wait") { Description = "Show what happens, until the goal is reached or given up." };
        var json = new Option<bool>("--json") { Description = "Print JSON: the goal, or with --wait the summary at its end." };
        var command = new Command("goal", "Give a goal for a repository.") { text, repository, description, budget, workers, models, wait, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ApiClient.Connect(parsed.GetValue(CommonOptions.Url));
            var goal = await client.PostAsync<GivenGoal>("/workflows/goals", new GiveGoal(
                Guid.CreateVersion7(), parsed.GetRequiredValue(text), RepositoryCommands.Named(parsed.GetRequiredValue(repository))!, parsed.GetValue(description),
                parsed.GetValue(budget), parsed.GetValue(workers), Models(parsed.GetValue(models))), cancellation);
            if (!parsed.GetValue(wait))
            {
                if (parsed.GetValue(json)) Output.Json(goal);
                else Console.WriteLine($"Goal {TaskCommands.Short(goal.Id)} is given. Watch it: agentos log -f --task {TaskCommands.Short(goal.Id)}");
                return ExitCode.Done;
            }

            var summary = await WaitAsync(client, goal.Id, quiet: parsed.GetValue(json), cancellation);
            if (parsed.GetValue(json)) Output.Json(summary);
            else Print(summary);
            return summary.Ok ? ExitCode.Done : ExitCode.Failed;
        });
        command.Subcommands.Add(List());
        command.Subcommands.Add(Replan());
        return command.Example("agentos goal \"Add a --json option to every listing\" --repo ~/src/my-project --wait", "agentos goal \"Translate the messages into French\" --repo my-project --budget 5 --workers 4");
    }

    /// <exception cref="AgentOSException">One role has two.</exception>
    private static Dictionary<string, string>? Models(string[]? given)
    {
        if (given is not { Length: > 0 }) return null;
        Dictionary<string, string> models = [];
        foreach (var one in given)
        {
            var (role, model) = one.Split('=', 2) is [var named, var its] ? (named.Trim(), its.Trim()) : (AgentRole.Worker.Word(), one.Trim());
            if (!models.TryAdd(role, model)) throw new AgentOSException($"--model is given twice for '{role}'. Give one model for each role.");
        }

        return models;
    }

    private static Command List()
    {
        var repository = new Option<string?>("--repo") { Description = "Path or name of a repository (default: all)." }.CompletesRepositories();
        var grep = new Option<string?>("--grep") { Description = "Words of the title, each from its beginning." };
        var ended = new Option<bool>("--ended") { Description = "Those that have ended; without it, those that have not." };
        var all = new Option<bool>("--all") { Description = "All of them." };
        return ApiCommand.Create("list", "List goals with how far they are, the newest first.", [], [repository, grep, ended, all], (parsed, client, cancellation) =>
            client.GetAsync<List<BoardGoal>>("/api/goals/overview" + Query.Of(("repository", RepositoryCommands.Named(parsed.GetValue(repository))), ("text", parsed.GetValue(grep)),
                ("ended", parsed.GetValue(all) ? null : parsed.GetValue(ended) ? "true" : "false")), cancellation),
            goals => Output.Table(["id", "status", "done", "blocked", "cost", "given", "title"], [.. goals.Select(goal => (string[])
                [TaskCommands.Short(goal.Id), goal.Status.Word(), $"{goal.Done} of {goal.Total}", $"{goal.Blocked}", Output.Money(goal.SpentUsd), Output.Ago(goal.CreatedAt), goal.Title])], "No goal is like that; --all looks at those that have ended too."))
            .Example("agentos goal list", "agentos goal list --all --repo my-project --grep discount");
    }

    private static Command Replan()
    {
        var id = new Argument<string>("id") { Description = "Of the goal; its first letters will do." }.CompletesTasks();
        var note = new Argument<string>("note") { Description = "What the planner is to do differently." };
        var drop = new Option<bool>("--drop-waiting") { Description = "Cancel the tasks that have not begun; else the new plan comes on top of them." };
        return ApiCommand.Create("replan", "Have a goal planned again. What is merged or being worked on stays.", [id, note], [drop], (parsed, client, cancellation) =>
            client.PostAsync<AgentTask>($"/api/goals/{Query.Escape(parsed.GetRequiredValue(id))}/replan", new Replan(parsed.GetValue(note), parsed.GetValue(drop)), cancellation),
            goal => Console.WriteLine($"{TaskCommands.Short(goal.Id)} is planned again, plan {goal.Attempt} of {goal.MaxAttempts}."))
            .Example("agentos goal replan 0197d1f2 \"Use the parser that is there.\" --drop-waiting");
    }

    /// <summary>Shows what happens below a goal until nothing more happens by itself.</summary>
    /// <param name="quiet">Standard output is for the summary alone; what happens goes to standard error.</param>
    public static Task<GoalSummary> WaitAsync(ApiClient client, Guid goal, bool quiet, CancellationToken cancellation) => quiet
        ? WaitAsync(client, goal, quiet, _ => { }, cancellation)
        : Watching.ShowAsync(Watching.Progress(0, 0, ""), say => WaitAsync(client, goal, quiet, say, cancellation));

    private static async Task<GoalSummary> WaitAsync(ApiClient client, Guid goal, bool quiet, Action<string> say, CancellationToken cancellation)
    {
        await foreach (var entry in EventReader.ReadAsync(client, [("task", goal.ToString())], after: 0, cancellation))
        {
            if (!quiet) LogCommand.Print(entry);
            else Console.Error.WriteLine($"{entry.AgentName ?? "-",-14}  {Output.OneLine(entry.Message ?? "")}");
            if (Color.IsWatched && !quiet && entry.EventType is "task.created" or "task.done" or "task.blocked" or "session.stopped")
            {
                var now = await SummaryAsync(client, goal, cancellation);
                say(Watching.Progress(now.Tasks.Count(task => task.Status == TaskState.Done), now.Tasks.Count, $" · {Output.Money(now.CostUsd)} · {now.Seconds:0} s"));
            }

            // Only what happens to the goal itself can end it.
            if (entry.TaskId == goal && entry.EventType.StartsWith("goal.", StringComparison.Ordinal) && await SummaryAsync(client, goal, cancellation) is { HasEnded: true } summary) return summary;
        }

        throw new AgentOSException("The server ended the log before the goal was at its end.");
    }

    public static Task<GoalSummary> SummaryAsync(ApiClient client, Guid goal, CancellationToken cancellation) => client.GetAsync<GoalSummary>($"/api/goals/{goal}", cancellation);

    public static void Print(GoalSummary summary)
    {
        Console.WriteLine();
        Output.Table(["task", "status", "attempts", "merged", "title"],
            [.. summary.Tasks.Select(task => (string[])[TaskCommands.Short(task.Id), task.Status.Word(), $"{task.Attempts}", task.MergedSha?[..10] ?? "", task.Title])], "It has no tasks.");
        Console.WriteLine($"{(summary.Ok ? "Reached" : summary.Status == TaskState.Blocked ? "Blocked" : "Not reached")}: {Output.OneLine(summary.Goal)}");
        if (summary.Error is { } error) Console.WriteLine(Output.Lines(error));
        Console.WriteLine($"{summary.Tasks.Count} tasks, {summary.Rejections} sent back, {Output.Money(summary.CostUsd)}, {summary.Seconds:0} s, in {summary.Repository}");
    }
}

/// <summary>What POST /workflows/goals takes.</summary>
internal sealed record GiveGoal(Guid Id, string Goal, string Repository, string? Description, decimal? BudgetUsd, int? Workers, IReadOnlyDictionary<string, string>? Models);

/// <summary>What it answers.</summary>
internal sealed record GivenGoal(Guid Id, string Title, string Status, string Repository);
