using AgentOS.Kernel.Database;
using AgentOS.Kernel.Log;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli.Top;

/// <summary>What is shown of one row. Pure.</summary>
internal static class TopDetails
{
    public static TopDetail Of(TaskDetails details, TopState state)
    {
        var task = details.Task;
        List<string> lines =
        [
            $"id        {task.Id}", $"kind      {task.Kind.Word()}", $"status    {task.Status.Word()}{(task.Hold is { } hold ? $" ({hold.Word()})" : "")}", $"attempt   {task.Attempt} of {task.MaxAttempts}",
            $"cost      {Output.Money(task.SpentUsd)}{(task.BudgetUsd is { } budget ? $" of {Output.Money(budget)}" : "")}",
            .. Fact("agent", state.NameOf(task.AssigneeId)), .. Fact("branch", task.BranchName), .. Fact("merged", task.MergedSha), .. Fact("result", task.Result), .. Fact("problem", task.Error),
        ];
        foreach (var question in details.OpenQuestions) lines.AddRange(["", $"It asks: {question.Content}", $"  agentos task answer {TaskCommands.Short(task.Id)} \"…\""]);
        if (details.Children.Count > 0) lines.AddRange(["", "Parts:", .. details.Children.Select(part => $"  {part.Status.Word(),-12} {part.Title}")]);
        if (task.Description is { } description) lines.AddRange(["", .. description.ReplaceLineEndings("\n").Split('\n')]);
        return new(task.Title, lines);
    }

    public static TopDetail Of(AgentReport agent) => new(agent.Name,
    [
        $"role      {agent.Role.Word()}", $"status    {(agent.Paused ? "paused" : agent.Status.Word())}", $"model     {agent.Model}", $"last seen {Output.Ago(agent.LastHeartbeat)}", $"next duty {Output.Ago(agent.NextDuty)}",
        .. Fact("task", agent.Task),
    ]);

    public static TopDetail Of(ActivityEntry entry) => new(entry.EventType,
    [
        $"at        {entry.CreatedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss}", .. Fact("agent", entry.AgentName), .. Fact("task", entry.TaskId?.ToString()),
        "", .. (entry.Message ?? "").ReplaceLineEndings("\n").Split('\n'), "", entry.Metadata.GetRawText(),
    ]);

    private static IEnumerable<string> Fact(string name, string? value) => string.IsNullOrEmpty(value) ? [] : [$"{name,-9} {value.ReplaceLineEndings(" ")}"];
}
