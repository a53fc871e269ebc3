using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Kernel.Evidence;

namespace AgentOS.Activities.Review;

/// <summary>Keeps a judge's verdict as evidence for the exact commit that was judged.</summary>
public sealed class VerdictRecorder(EvidenceStore evidence)
{
    /// <param name="stepKey">The step that decided: run again, it records nothing new.</param>
    public async Task RecordAsync(SessionScope scope, bool approved, string feedback, IReadOnlyList<Finding> findings, string stepKey, CancellationToken cancellation) =>
        await evidence.RecordAsync(new NewEvidence(scope.Task.Id, EvidenceKind.Verdict, scope.Task.HeadSha ?? scope.Workspace.BaseSha, approved)
        {
            SessionId = scope.Session.Id,
            Feedback = feedback,
            Findings = JsonSerializer.Serialize(findings, JsonSerializerOptions.Web),
            Attempt = scope.Task.Attempt,
            Model = scope.Session.Model,
            StepKey = stepKey,
        }, cancellation);

    /// <summary>A verdict as its reader is told: feedback, then a line for each finding.</summary>
    public static string Text(string feedback, IReadOnlyList<Finding> findings)
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
