using System.CommandLine;
using AgentOS.Kernel.Log;
using Spectre.Console;

namespace AgentOS.Server.Cli;

/// <summary>log.</summary>
internal static class LogCommand
{
    public static Command Create()
    {
        var agent = new Option<string?>("--agent") { Description = "Only this agent's entries." }.CompletesAgents();
        var task = new Option<string?>("--task") { Description = "Only those of this task or goal, and of what is below it." }.CompletesTasks();
        var repository = new Option<string?>("--repo") { Description = "Only those of this repository's tasks: its name." }.CompletesRepositories();
        var kind = new Option<string?>("--event") { Description = "Only events whose name begins like this: task., goal., session., message., evidence., merge., agent., browser., webhook." };
        kind.CompletionSources.Add("task.", "goal.", "session.", "message.", "evidence.", "merge.", "agent.", "browser.", "webhook.", "budget.", "schedule.");
        var grep = new Option<string?>("--grep") { Description = "Only those whose message holds this text, in any case." };
        var lines = new Option<int>("--lines", "-n") { Description = "How many.", DefaultValueFactory = _ => 50 };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on as entries come." };
        var json = new Option<bool>("--json") { Description = "Print JSON; with --follow, one object a line." };
        var command = new Command("log", "What happened.") { agent, task, repository, kind, grep, lines, follow, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ApiClient.Connect(parsed.GetValue(CommonOptions.Url));
            (string, string?)[] filter = [("agent", parsed.GetValue(agent)), ("task", parsed.GetValue(task)), ("repository", parsed.GetValue(repository)), ("event", parsed.GetValue(kind)), ("text", parsed.GetValue(grep))];
            var page = await client.GetAsync<List<ActivityEntry>>("/api/log" + Query.Of([.. filter, ("limit", $"{Math.Clamp(parsed.GetValue(lines), 1, 1000)}")]), cancellation);
            if (!parsed.GetValue(follow))
            {
                if (parsed.GetValue(json)) Output.Json(page);
                else page.ForEach(Print);
                return ExitCode.Done;
            }

            Action<ActivityEntry> print = parsed.GetValue(json) ? entry => Output.JsonLine(entry) : Print;
            page.ForEach(print);
            var after = page.Count > 0 ? page[^1].Position : 0;
            await foreach (var entry in EventReader.ReadAsync(client, filter, after, cancellation)) print(entry);
            return ExitCode.Done;
        });
        return command.Example("agentos log -n 100", "agentos log -f --agent worker-1", "agentos log -f --event task. --repo my-project", "agentos log -f --json --grep blocked");
    }

    public static void Print(ActivityEntry entry)
    {
        var time = entry.CreatedAt.ToLocalTime().ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        var text = Output.OneLine(entry.Message ?? "");
        if (!Color.IsWatched) Console.WriteLine($"{time}  {entry.AgentName ?? "-",-14}  {entry.EventType,-20}  {text}");
        else AnsiConsole.MarkupLine($"[grey]{time}[/]  {Markup.Escape(Output.OneLine(entry.AgentName ?? "")),-14}  {Markup.Escape(text)}");
    }
}
