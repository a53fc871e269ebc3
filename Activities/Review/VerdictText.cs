using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Kernel.Evidence;

namespace AgentOS.Activities.Review;

/// <summary>A judge's verdict: evidence for the exact commit that was judged, and words for who reads it.</summary>
public static class VerdictText
{
    /// <param name="stepKey">The step that decided: run again, it records nothing new.</param>
    public static NewEvidence Evidence(SessionScope scope, bool approved, string feedback, IReadOnlyList<Finding> findings, string stepKey) =>
        new(scope.Task.Id, EvidenceKind.Verdict, scope.Task.HeadSha ?? scope.Workspace.BaseSha, approved)
        {
            SessionId = scope.Session.Id,
            Feedback = feedback,
            Findings = JsonSerializer.Serialize(findings, JsonSerializerOptions.Web),
            Attempt = scope.Task.Attempt,
            Model = scope.Session.Model,
            StepKey = stepKey,
        };

    /// <summary>A verdict as its reader is told: feedback, then a line for each finding.</summary>
    public static string Of(string feedback, IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder(feedback.Trim());
        foreach (var finding in findings)
        {
            var place = finding.File is null ? "" : finding.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"{finding.File}:{line}: ") : $"{finding.File}: ";
            text.Append(CultureInfo.InvariantCulture, $"\n- {place}{finding.Message} ({finding.Severity})");
        }

        return text.ToString();
    }
}
