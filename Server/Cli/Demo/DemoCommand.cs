using System.CommandLine;
using AgentOS.Server.Hosting;

namespace AgentOS.Server.Cli.Demo;

/// <summary>demo: the whole path, on a small repository that ships with AgentOS. Only what the models say is recorded.</summary>
internal static class DemoCommand
{
    private const string Goal = "Let shops run promotions: percentage discounts, value added tax, a printable receipt, and a CSV export of the basket";

    public static Command Create()
    {
        var keep = new Option<bool>("--keep") { Description = "Leave the server running at the end, to look around." };
        var workers = new Option<int>("--workers") { Description = "Coders at work at the same time.", DefaultValueFactory = _ => 3 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object at the end; what happens goes to standard error." };
        var command = new Command("demo", "Develop four features on a sample repository, from the goal to the merge. Needs no key: the models' answers are recorded.") { keep, workers, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var demo = new DemoRun(DemoFolder.Prepare(), quiet: parsed.GetValue(json));
            try
            {
                var result = await demo.RunAsync(Goal, parsed.GetValue(workers), ServerSettings.ParseUrl(parsed.GetValue(CommonOptions.Url) ?? DemoFolder.FreeUrl()), cancellation);
                if (parsed.GetValue(json)) Output.Json(result);
                else demo.Print(result, parsed.GetValue(keep));
                return result.Ok ? ExitCode.Done : ExitCode.Failed;
            }
            finally
            {
                if (!parsed.GetValue(keep)) await demo.CleanUpAsync();
            }
        });
        return command.Example("agentos demo", "agentos demo --keep", "agentos demo --json");
    }
}
