using System.CommandLine;
using AgentOS.Kernel;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli;

/// <summary>goal.</summary>
internal static class GoalCommand
{
    public static Command Create()
    {
        var text = new Argument<string>("goal") { Description = "What you want, in words." };
        var repository = new Option<string>("--repo") { Description = "Path or name of the git repository.", Required = true };
        var description = new Option<string?>("--description", "-d") { Description = "More about it." };
        var budget = new Option<decimal?>("--budget") { Description = "US dollars that its model calls may cost." };
        var workers = new Option<int?>("--workers") { Description = "How many workers there should be at least." };
        var wait = new Option<bool>("--wait") { Description = "Show what happens, until the goal is reached or given up." };
        var json = new Option<bool>("--json") { Description = "Print JSON: the goal, or with --wait the summary at its end." };
        var command = new Command("goal", "Give a goal for a repository.") { text, repository, description, budget, workers, wait, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ApiClient.Connect(parsed.GetValue(CommonOptions.Url));
            var goal = await client.PostAsync<GivenGoal>("/workflows/goals", new GiveGoal(
                Guid.CreateVersion7(), parsed.GetRequiredValue(text), RepositoryCommands.Named(parsed.GetRequiredValue(repository))!, parsed.GetValue(description),
                parsed.GetValue(budget), parsed.GetValue(workers)), cancellation);
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
        return command;
    }

    /// <summary>Shows what happens below a goal until nothing more happens by itself.</summary>
    /// <param name="quiet">Standard output is for the summary alone; what happens goes to standard error.</param>
    public static async Task<GoalSummary> WaitAsync(ApiClient client, Guid goal, bool quiet, CancellationToken cancellation)
    {
        await foreach (var entry in EventReader.ReadAsync(client, [("task", goal.ToString())], after: 0, cancellation))
        {
            if (!quiet) LogCommand.Print(entry);
            else Console.Error.WriteLine($"{entry.AgentName ?? "-",-14}  {Output.OneLine(entry.Message ?? "")}");
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
internal sealed record GiveGoal(Guid Id, string Goal, string Repository, string? Description, decimal? BudgetUsd, int? Workers);

/// <summary>What it answers.</summary>
internal sealed record GivenGoal(Guid Id, string Title, string Status, string Repository);
