using System.Text.Json;
using System.Text.RegularExpressions;
using AgentOS.Kernel.Board;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Studio.Board;

/// <summary>What happens with a task right now, in a few words.</summary>
internal static partial class StatusLine
{
    public static string? Of(BoardCard card) => card switch
    {
        { Waits: > 0, Status: TaskState.Inbox or TaskState.Assigned } => $"Waits for “{card.WaitsFor}”{(card.Waits > 1 ? $" and {card.Waits - 1} more" : "")}",
        { WaitingSince: not null } => "Waits for a free worker",
        { Session: { } session } => Of(session),
        { Status: TaskState.Blocked } => card.Error,
        _ => null,
    };

    private static string Of(BoardSession session) => session switch
    {
        { LastEntry: null } => "Begins",
        { LastEntry: "assistant", Tool: { } tool } => $"{Verb(tool)} {Object(session.Argument)}".TrimEnd(),
        { Purpose: "review" } => "Reads the change",
        _ => "Thinks",
    };

    private static string Verb(string tool) => tool switch
    {
        "read_file" => "Reads",
        "list_files" => "Lists",
        "search" => "Searches for",
        "write_file" => "Writes",
        "edit_file" => "Edits",
        "delete_file" => "Deletes",
        "run_shell" => "Runs",
        "fetch_url" => "Fetches",
        "git_diff" or "git_status" => "Looks at its changes",
        "ask_human" => "Asks:",
        "submit_verdict" => "Gives its verdict",
        "report_blocked" => "Reports that it is blocked",
        "finish" => "Finishes",
        _ => tool,
    };

    /// <summary>The one argument that tells most. The arguments are cut, so that they are no JSON any more; a text in them that is whole still is.</summary>
    private static string Object(string? argument)
    {
        if (Telling().Match(argument ?? "") is not { Success: true } match) return "";
        try
        {
            return JsonSerializer.Deserialize<string>(match.Groups[1].ValueSpan) ?? "";
        }
        catch (JsonException)
        {
            return ""; // models write what they like
        }
    }

    [GeneratedRegex("""
        "(?:path|command|pattern|url|question)"\s*:\s*("(?:[^"\\]|\\.)*")
        """)]
    private static partial Regex Telling();
}
