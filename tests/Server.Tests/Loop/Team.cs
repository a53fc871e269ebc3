using System.Text.Json;
using System.Text.RegularExpressions;
using AgentOS.Activities.Models.Recording;

namespace AgentOS.Server.Tests.Loop;

/// <summary>
/// The models of a loop under test, as functions of the conversation alone: repeated requests and restarted servers get the same answers.
/// What a test does not say is what a good team does: the judges approve.
/// </summary>
internal sealed partial class Team
{
    public Func<Talk, CompletionAnswer> Planner { get; init; } = _ => Says.Text("I have no plan.");

    public Func<Talk, CompletionAnswer> Coder { get; init; } = talk => talk.Turn == 0 ? Says.Write(FileOf(talk.Title), "written\n") : Says.Finish($"Wrote {FileOf(talk.Title)}.");

    public Func<Talk, CompletionAnswer> Judge { get; init; } = _ => Says.Approve();

    public Func<Talk, CompletionAnswer> GoalJudge { get; init; } = _ => Says.Approve("The goal is reached.");

    /// <summary>Before each answer.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>A planner that makes these tasks in its first plan, and no more in later ones.</summary>
    public static Func<Talk, CompletionAnswer> Plan(params object[] tasks) => talk => talk.Turn switch
    {
        0 when talk.Attempt == 1 => Says.Call("create_tasks", new { tasks }),
        _ => Says.Finish("The plan is made."),
    };

    public static object Task(string title, params string[] dependsOn) => new { key = title, title, description = $"Write {FileOf(title)}.", depends_on = dependsOn };

    public static string FileOf(string title) => $"work/{NoWord().Replace(title.ToLowerInvariant(), "-")}.txt";

    public CompletionAnswer Answer(CompletionRequest request)
    {
        var talk = new Talk(request);
        var answer = (talk.Offers("create_tasks"), talk.Offers("write_file"), talk.Opening.StartsWith("# Is the goal", StringComparison.Ordinal)) switch
        {
            (true, _, _) => Planner(talk),
            (_, true, _) => Coder(talk),
            (_, _, true) => GoalJudge(talk),
            _ => Judge(talk),
        };
        return answer with { Latency = Latency };
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoWord();
}

/// <summary>A conversation as a model sees it.</summary>
internal sealed partial record Talk(CompletionRequest Request)
{
    /// <summary>Answers so far.</summary>
    public int Turn => Request.Turns;

    public string System => Request.Messages.FirstOrDefault(m => m.Role is "system" or "developer")?.Text ?? "";

    /// <summary>What the session was opened with.</summary>
    public string Opening => Request.Messages.FirstOrDefault(m => m.Role == "user")?.Text ?? "";

    /// <summary>What came last: an answer of a tool, or a message.</summary>
    public string Last => Request.Messages.Count == 0 ? "" : Request.Messages[^1].Text;

    public string Title => TitleLine().Match(Opening) is { Success: true } match ? match.Groups[1].Value.Trim() : "";

    /// <summary>Of the task, or of the plan.</summary>
    public int Attempt => AttemptLine().Match(Opening) is { Success: true } match ? int.Parse(match.Groups[1].Value, global::System.Globalization.CultureInfo.InvariantCulture) : 1;

    public bool Offers(string tool) => Request.Tools.Contains(tool);

    [GeneratedRegex(@"^(?:# Task\n|# Goal\n|# Is the goal reached\?\n|# Review\nTask: )(.*)$", RegexOptions.Multiline)]
    private static partial Regex TitleLine();

    [GeneratedRegex(@"(?:This is attempt|This is plan|Attempt) (\d+) of")]
    private static partial Regex AttemptLine();
}

/// <summary>Answers of models.</summary>
internal static class Says
{
    public static CompletionAnswer Text(string text) => new(text, null, []) { InputTokens = 100, OutputTokens = 10 };

    public static CompletionAnswer Call(string tool, object arguments) => Calls((tool, arguments));

    public static CompletionAnswer Calls(params (string Tool, object Arguments)[] calls) =>
        new("", null, [.. calls.Select(call => new CompletionToolCall(call.Tool, JsonSerializer.Serialize(call.Arguments)))]) { InputTokens = 100, OutputTokens = 10 };

    public static CompletionAnswer Write(string path, string content) => Call("write_file", new { path, content });

    public static CompletionAnswer Finish(string summary) => Call("finish", new { summary });

    public static CompletionAnswer Approve(string feedback = "As asked.") => Call("submit_verdict", new { approved = true, feedback });

    public static CompletionAnswer Reject(string feedback) => Call("submit_verdict", new { approved = false, feedback });
}
