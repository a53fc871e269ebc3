using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Models.Sessions;

/// <summary>One remark of a judge.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>note</c>; a change with an error is not approved.</param>
public sealed record Finding(string? File, int? Line, string Message, string Severity);

/// <summary>What a tool call means for the way a session goes on. Closed.</summary>
public abstract record Ending
{
    private Ending() { }

    /// <summary>The agent says that its work is done.</summary>
    public sealed record Finished(string Summary) : Ending;

    /// <summary>The agent says that it cannot do the work.</summary>
    public sealed record Blocked(string Reason) : Ending;

    /// <summary>The agent asks a person; the session goes on with the answer.</summary>
    public sealed record Question(string Text) : Ending;

    /// <summary>The judge has decided.</summary>
    public sealed record Verdict(bool Approved, string Feedback, IReadOnlyList<Finding> Findings) : Ending;

    /// <summary>The call is not acceptable; the model is told why and goes on.</summary>
    public sealed record Refused(string Error) : Ending;
}

/// <summary>The tools that end or suspend a session. They do nothing themselves: what they mean is decided here, and what follows is a step of the workflow.</summary>
public static class EndingTools
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowReadingFromString };

    public static AIFunction Finish { get; } = Tool("finish", ([Description("What was done and why, in one to three sentences.")] string summary) => summary);

    public static AIFunction ReportBlocked { get; } = Tool("report_blocked", ([Description("Why the task cannot be done as it is written.")] string reason) => reason);

    public static AIFunction AskHuman { get; } = Tool("ask_human", ([Description("A question that only the owner of the repository can answer.")] string question) => question);

    public static AIFunction SubmitVerdict { get; } = Tool("submit_verdict", (
        [Description("Whether the change may be merged.")] bool approved,
        [Description("For the coder: what is wrong, where, and what would be right.")] string feedback,
        [Description("Remarks with file and line.")] Finding[]? findings = null) => feedback);

    /// <summary>What a call means; null when its tool neither ends nor suspends the session.</summary>
    /// <param name="arguments">The call's arguments, a JSON object.</param>
    public static Ending? Decide(string tool, string arguments)
    {
        try
        {
            return tool switch
            {
                "finish" => new Ending.Finished(Text(arguments, "summary")),
                "report_blocked" => new Ending.Blocked(Text(arguments, "reason")),
                "ask_human" => new Ending.Question(Text(arguments, "question")),
                "submit_verdict" => Verdict(JsonSerializer.Deserialize<VerdictArguments>(arguments, Json)),
                _ => null,
            };
        }
        catch (JsonException error)
        {
            return new Ending.Refused($"Error: the arguments of {tool} cannot be read ({error.Message.Split('\n')[0]}). Call it again with arguments that fit its schema.");
        }
    }

    private static Ending Verdict(VerdictArguments? given)
    {
        if (given?.Approved is not { } approved) return new Ending.Refused("Error: submit_verdict needs `approved`: true or false.");
        if (!approved && string.IsNullOrWhiteSpace(given.Feedback))
            return new Ending.Refused("Error: a rejection needs `feedback` that tells the coder what is wrong, where, and what would be right.");
        var findings = (given.Findings ?? []).Where(f => f is not null).ToList();
        if (approved && findings.Exists(f => string.Equals(f.Severity, "error", StringComparison.OrdinalIgnoreCase)))
            return new Ending.Refused("Error: a change with a finding of severity `error` cannot be approved. Reject it, or lower the severity.");
        return new Ending.Verdict(approved, given.Feedback ?? "", findings);
    }

    private static string Text(string arguments, string name)
    {
        using var document = JsonDocument.Parse(arguments);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            && value.GetString() is { } text && !string.IsNullOrWhiteSpace(text)
                ? text.Trim()
                : throw new JsonException($"`{name}` is missing");
    }

    private static AIFunction Tool(string name, Delegate method) => AIFunctionFactory.Create(method, name, name switch
    {
        "finish" => "Ends the session: the work is done.",
        "report_blocked" => "Ends the session: the task cannot be done as it is written.",
        "ask_human" => "Asks the owner of the repository; the answer comes back as this call's result, perhaps much later.",
        _ => "Ends the review with a verdict.",
    });

    private sealed record VerdictArguments(bool? Approved, string? Feedback, IReadOnlyList<Finding>? Findings);
}
