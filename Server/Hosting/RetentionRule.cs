using System.Globalization;
using AgentOS.Kernel;

namespace AgentOS.Server.Hosting;

/// <summary>Which finished workflow instances are deleted.</summary>
/// <param name="Definition">Those of this definition; null: of any.</param>
/// <param name="Ending">Those that ended so, in the engine's word; null: however they ended.</param>
/// <param name="Age">How long after their end.</param>
internal sealed record RetentionRule(string? Definition, string? Ending, TimeSpan Age)
{
    private const string Example = "heartbeat/finished:7d, faulted:365d";
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);

    /// <summary>A heartbeat comes once a minute and finds nothing most of the time. All else is kept until the owner says otherwise.</summary>
    public static IReadOnlyList<RetentionRule> Usual { get; } = [new("heartbeat", "Finished", TimeSpan.FromDays(7))];

    /// <param name="text">As <c>DEFINITION/ENDING:AGE</c>, separated by commas; <c>none</c> for no rules.</param>
    /// <exception cref="AgentOSException">It is not of that form.</exception>
    public static IReadOnlyList<RetentionRule> Parse(string text) => text.Trim() == "none" ? []
        : [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseOne)];

    private static RetentionRule ParseOne(string text)
    {
        var colon = text.LastIndexOf(':');
        var (which, age) = colon < 0 ? throw Wrong(text, "it has no age") : (text[..colon], text[(colon + 1)..].Trim());
        var slash = which.LastIndexOf('/');
        var ending = which[(slash + 1)..].Trim() switch
        {
            "finished" => "Finished",
            "faulted" => "Faulted",
            "cancelled" => "Cancelled",
            "all" => null,
            var other => throw Wrong(text, $"'{other}' is no ending: finished, faulted, cancelled or all"),
        };
        if (age.Length < 2 || !int.TryParse(age[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || age[^1] is not ('h' or 'd') || number > 100_000) throw Wrong(text, "its age is no number of hours (12h) or days (30d)");
        var time = age[^1] == 'h' ? TimeSpan.FromHours(number) : TimeSpan.FromDays(number);
        if (time < Shortest) throw Wrong(text, "one hour is the least");
        return new(slash > 0 ? which[..slash].Trim() : null, ending, time);
    }

    private static AgentOSException Wrong(string text, string why) => new($"AGENTOS_RETENTION says '{text}', and {why}. Write it as: {Example}; or none to keep everything.");
}
