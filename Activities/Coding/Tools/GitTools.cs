using System.ComponentModel;
using System.Text;
using AgentOS.Activities.Git;

namespace AgentOS.Activities.Coding.Tools;

/// <summary>What a task changed: of its workspace for a worker, between base and head for a judge.</summary>
internal sealed class GitTools(Func<CancellationToken, Task<WorkspaceDiff>> diff)
{
    private const int Most = 60_000;

    [Description("Lists the files that this task changed since its base, with added and deleted lines.")]
    public Task<string> GitStatus(CancellationToken cancel = default) => Answer.OfAsync(async () =>
    {
        var changes = await diff(cancel);
        return changes.Files.Count == 0 && changes.LeftOut.Count == 0 ? "Nothing is changed." : Summary(changes);
    });

    [Description("Shows the whole change of this task since its base as a unified diff.")]
    public Task<string> GitDiff(CancellationToken cancel = default) => Answer.OfAsync(async () =>
    {
        var changes = await diff(cancel);
        return changes switch
        {
            { Files.Count: 0 } => "Nothing is changed.",
            { Patch.Length: <= Most } => changes.Patch,
            _ => $"{Summary(changes)}\n{changes.Patch.AsSpan(0, Most)}\n[{changes.Patch.Length - Most} more characters; read the files named above for the rest]\n",
        };
    });

    private static string Summary(WorkspaceDiff changes)
    {
        var text = new StringBuilder();
        foreach (var file in changes.Files)
        {
            var letter = file.Kind switch { ChangeKind.Added => 'A', ChangeKind.Deleted => 'D', ChangeKind.Renamed => 'R', ChangeKind.TypeChanged => 'T', _ => 'M' };
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"{letter} {(file.OldPath is null ? "" : $"{file.OldPath} -> ")}{file.Path} (+{file.LinesAdded} -{file.LinesDeleted})\n");
        }
        foreach (var path in changes.LeftOut)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"! {path} is too large to be part of a commit\n");
        return text.ToString();
    }
}
