using System.Globalization;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Studio.Tasks;

/// <summary>Words of the kernel as people read them.</summary>
internal static class Wording
{
    public static string Of(TaskState state) => Sentence(state.Word());

    public static string OfPurpose(string purpose) => purpose switch { "code" => "Coding", "review" => "Review", "plan" => "Planning", _ => Sentence(purpose) };

    public static string Of(EvidenceEntry evidence) => evidence.Kind switch
    {
        EvidenceKind.Test => "Tests",
        EvidenceKind.Analysis => "Analysis",
        EvidenceKind.MergeTest => "Tests of the merge",
        _ => evidence.ByPerson ? "Verdict of a person" : "Verdict",
    };

    public static string Of(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
    };

    public static string OfTokens(long tokens) => tokens.ToString("#,0", CultureInfo.InvariantCulture);

    public static string OfOutcome(string? outcome) => outcome is null ? "Ended" : Sentence(outcome);

    public static string Short(string? sha) => sha is { Length: > 8 } ? sha[..8] : sha ?? "";

    public static string Bound(string text, int most) => text.Length <= most ? text : text[..most] + $"\n… {text.Length - most} more characters";

    private static string Sentence(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..].Replace('_', ' ').Replace('-', ' ');
}
