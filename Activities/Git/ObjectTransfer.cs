using LibGit2Sharp;

namespace AgentOS.Activities.Git;

/// <summary>
/// Copies the objects of a commit that another repository lacks, file by file: what a workspace makes is always loose.
/// Content comes before what refers to it, so that a crash leaves unused objects and never a commit with holes.
/// </summary>
internal static class ObjectTransfer
{
    public static void Copy(Repository source, string sourceObjects, Repository target, string targetObjects, Commit head)
    {
        var pending = new Stack<Commit>([head]);
        while (pending.TryPeek(out var commit))
        {
            var missing = target.ObjectDatabase.Contains(commit.Id)
                ? []
                : commit.Parents.Where(parent => !target.ObjectDatabase.Contains(parent.Id)).ToList();
            if (missing.Count > 0)
            {
                missing.ForEach(pending.Push);
                continue;
            }
            pending.Pop();
            CopyTree(commit.Tree);
            CopyObject(commit.Id);
        }

        void CopyTree(Tree tree)
        {
            if (target.ObjectDatabase.Contains(tree.Id))
                return;
            foreach (var entry in tree)
            {
                if (entry.TargetType is TreeEntryTargetType.Tree)
                    CopyTree((Tree)entry.Target);
                else if (entry.TargetType is TreeEntryTargetType.Blob)
                    CopyObject(entry.Target.Id);
            }
            CopyObject(tree.Id);
        }

        void CopyObject(ObjectId id)
        {
            if (target.ObjectDatabase.Contains(id))
                return;
            var folder = Path.Combine(targetObjects, id.Sha[..2]);
            var file = Path.Combine(folder, id.Sha[2..]);
            var made = Path.Combine(folder, $"tmp_obj_{Guid.NewGuid():N}");
            Directory.CreateDirectory(folder);
            File.Copy(Path.Combine(sourceObjects, id.Sha[..2], id.Sha[2..]), made);
            File.Move(made, file, overwrite: true);
        }
    }
}
