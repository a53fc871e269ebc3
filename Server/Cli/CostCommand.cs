using System.CommandLine;
using System.Globalization;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.ModelCalls;

namespace AgentOS.Server.Cli;

/// <summary>cost.</summary>
internal static class CostCommand
{
    public static Command Create()
    {
        var by = new Option<string>("--by") { Description = $"{string.Join(", ", Words.All<CostBy>())}.", DefaultValueFactory = _ => "day" };
        by.AcceptOnlyFromAmong([.. Words.All<CostBy>()]);
        var days = new Option<int>("--days") { Description = $"Of how many days, today included (1 to {CostStore.MostDays}).", DefaultValueFactory = _ => 30 };
        days.Validators.Add(result =>
        {
            if (Bench.BenchCommand.IsOutside(result, 1, CostStore.MostDays)) result.AddError($"--days takes 1 to {CostStore.MostDays}.");
        });
        return ApiCommand.Create("cost", "What models cost, by day, agent, model, repository, goal or task.", [], [by, days], (parsed, client, cancellation) =>
            client.GetAsync<List<Cost>>("/api/costs" + Query.Of(("by", parsed.GetValue(by)), ("days", parsed.GetValue(days).ToString(CultureInfo.InvariantCulture))), cancellation), Print)
            .Example("agentos cost", "agentos cost --by model --days 7", "agentos cost --by goal --json");
    }

    private static void Print(List<Cost> costs)
    {
        Output.Table(["of", "calls", "tokens in", "tokens out", "cost"],
            [.. costs.Select(cost => (string[])[cost.Name, $"{cost.Calls}", cost.InputTokens.ToString("N0", CultureInfo.InvariantCulture), cost.OutputTokens.ToString("N0", CultureInfo.InvariantCulture), Output.Money(cost.CostUsd)])],
            "No model was called in that time.");
        if (costs.Count > 1) Console.WriteLine($"Together: {Output.Money(costs.Sum(cost => cost.CostUsd))}");
    }
}
