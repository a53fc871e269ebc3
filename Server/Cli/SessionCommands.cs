using System.CommandLine;
using System.Text.Json;
using AgentOS.Activities.Models;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Sessions;

namespace AgentOS.Server.Cli;

/// <summary>session list, show: runs of agents on tasks.</summary>
internal static class SessionCommands
{
    private const int LongestAnswer = 2000;

    public static Command Create() => new("session", "Runs of agents on tasks, and what was said and done in them.") { List(), Show() };

    private static Command List()
    {
        var task = new Option<string?>("--task") { Description = "Only those of this task." }.CompletesTasks();
        var agent = new Option<string?>("--agent") { Description = "Only this agent's." }.CompletesAgents();
        var status = new Option<string?>("--status") { Description = string.Join(", ", Words.All<SessionStatus>()) };
        return ApiCommand.Create("list", "List sessions, the newest first.", [], [task, agent, status], (parsed, client, cancellation) =>
            client.GetAsync<List<Session>>("/api/sessions" + Query.Of(("task", parsed.GetValue(task)), ("agent", parsed.GetValue(agent)), ("status", parsed.GetValue(status))), cancellation),
            sessions => Output.Table(["id", "purpose", "status", "outcome", "attempt", "task", "entries", "cost", "started"],
                [.. sessions.Select(one => (string[])[$"{one.Id}", one.Purpose, one.Status.Word(), one.Outcome ?? "", $"{one.Attempt}", one.TaskId is { } id ? TaskCommands.Short(id) : "", $"{one.EntryCount}", Output.Money(one.CostUsd), Output.Ago(one.StartedAt)])],
                "There are no such sessions."))
            .Example("agentos session list --status running", "agentos session list --task 0197d1f2");
    }

    private static Command Show()
    {
        var id = new Argument<Guid>("id") { Description = "Of the session (agentos session list)." };
        return ApiCommand.Create("show", "Show what was said and done in a session.", [id], [], (parsed, client, cancellation) =>
            client.GetAsync<List<SessionEntry>>($"/api/sessions/{parsed.GetRequiredValue(id)}/transcript", cancellation), Print)
            .Example("agentos session show 0197d1f2-0000-7000-8000-000000000000");
    }

    private static void Print(List<SessionEntry> entries)
    {
        foreach (var entry in entries)
        {
            var (who, text) = SessionTranscript.Read(entry) switch
            {
                SystemEntry system => ("instructions", Short(system.Text)),
                UserEntry user => ("told", Short(user.Text)),
                AssistantEntry answer => (answer.Model, string.Join('\n', new[] { answer.Text }.Concat(answer.ToolCalls.Select(call => $"→ {call.Name} {Short(call.Arguments)}")).Where(line => line.Length > 0))),
                ToolEntry tool => (tool.Tool, Short(tool.Text)),
                _ => throw new JsonException($"an entry of the kind '{entry.Kind}' is not known to this version"),
            };
            Console.WriteLine($"── {entry.Seq} {Output.OneLine(who)}\n{Output.Lines(text)}\n");
        }
    }

    private static string Short(string text) => text.Length <= LongestAnswer ? text : $"{text[..LongestAnswer]}… ({text.Length} characters; all of it: --json)";
}
