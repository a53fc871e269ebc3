using LibGit2Sharp;

namespace AgentOS.Activities.Review.Checks;

internal static class CommitFiles
{
    /// <summary>All files of a tree with their paths.</summary>
    public static IEnumerable<(string Path, ObjectId Id)> Of(Tree tree)
    {
        foreach (var entry in tree)
        {
            if (entry.TargetType is TreeEntryTargetType.Blob)
                yield return (entry.Path, entry.Target.Id);
            else if (entry.TargetType is TreeEntryTargetType.Tree)
                foreach (var inner in Of((Tree)entry.Target))
                    yield return inner;
        }
    }
}
