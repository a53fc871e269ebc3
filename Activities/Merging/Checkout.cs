using System.Text.Json;
using AgentOS.Activities.Git;

namespace AgentOS.Activities.Merging;

/// <summary>A working tree in which the branch is checked out: the repository's own, or a linked one.</summary>
/// <param name="GitDirectory">Where its HEAD and index are.</param>
internal sealed record Checkout(string Path, string GitDirectory)
{
    // Left by an operation of the owner that is not finished.
    private static readonly string[] Unfinished = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG"];

    private string Mark => System.IO.Path.Combine(GitDirectory, "agentos-landing.json");

    private string Lock => System.IO.Path.Combine(GitDirectory, "index.lock");

    /// <summary>All working trees with this branch; none for one that is checked out nowhere.</summary>
    public static IReadOnlyList<Checkout> Of(string common, string branch)
    {
        var all = new List<Checkout>();
        using var repository = LibGit.Open(common);
        if (!repository.Info.IsBare && repository.Info.WorkingDirectory is { } own)
            all.Add(new(System.IO.Path.TrimEndingDirectorySeparator(own), common));
        var linked = System.IO.Path.Combine(common, "worktrees");
        foreach (var folder in Directory.Exists(linked) ? Directory.GetDirectories(linked) : [])
        {
            if (File.Exists(System.IO.Path.Combine(folder, "gitdir")))
                all.Add(new(System.IO.Path.GetDirectoryName(File.ReadAllText(System.IO.Path.Combine(folder, "gitdir")).Trim())!, folder));
        }
        return [.. all.Where(each => Directory.Exists(each.Path) && IsOn(each.GitDirectory, branch))];
    }

    /// <summary>Finishes what a crash interrupted; null when there is nothing left to do.</summary>
    public BusyCheckout? Finish(string tip)
    {
        if (!File.Exists(Mark))
            return null;
        var begun = ReadMark();
        // A mark that says so was left by a crash, and git's lock with it: nobody else could take it meanwhile.
        if (begun?.HoldsLock is not false)
            File.Delete(Lock);
        if (begun?.To == tip)
        {
            var (update, busy) = Hold(begun.From, begun.To);
            using (update)
                return busy ?? update!.Apply();
        }
        File.Delete(Mark);
        return null;
    }

    /// <summary>Takes git's own lock of the checkout and sees that it is clean. Nothing of it is changed yet.</summary>
    public (CheckoutUpdate? Update, BusyCheckout? Busy) Begin(string from, string to)
    {
        if (Unfinished.FirstOrDefault(name => System.IO.Path.Exists(System.IO.Path.Combine(GitDirectory, name))) is { } operation)
            return (null, new(Path, $"an operation of git is not finished there ({operation})", []));
        if (File.Exists(Lock))
            return (null, new(Path, "git is at work there (index.lock)", []));
        WriteMark(new(from, to, HoldsLock: true));
        var (update, busy) = Hold(from, to);
        if (update is null)
        {
            File.Delete(Mark);
            return (null, busy);
        }
        if (update.Dirty() is { Count: > 0 } dirty)
            busy = new(Path, "it has changes that are not committed", dirty);
        else if (update.Obstacles() is { Count: > 0 } obstacles)
            busy = new(Path, "these files are not of the branch, but a change would overwrite them", obstacles);
        if (busy is null)
            return (update, null);
        update.Dispose();
        return (null, busy);
    }

    public void WriteMark(LandingMark mark)
    {
        File.WriteAllBytes($"{Mark}.new", JsonSerializer.SerializeToUtf8Bytes(mark));
        File.Move($"{Mark}.new", Mark, overwrite: true);
    }

    private (CheckoutUpdate? Update, BusyCheckout? Busy) Hold(string from, string to)
    {
        var index = System.IO.Path.Combine(GitDirectory, "index");
        try
        {
            using var held = new FileStream(Lock, FileMode.CreateNew, FileAccess.Write);
            using var current = File.OpenRead(index);
            current.CopyTo(held);
        }
        catch (IOException)
        {
            return (null, new(Path, "git is at work there (index.lock)", []));
        }
        return (new(this, from, to, Lock, index, Mark), null);
    }

    private LandingMark? ReadMark()
    {
        try
        {
            return JsonSerializer.Deserialize<LandingMark>(File.ReadAllBytes(Mark));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsOn(string gitDirectory, string branch) =>
        File.ReadAllText(System.IO.Path.Combine(gitDirectory, "HEAD")).Trim() == $"ref: refs/heads/{branch}";
}

/// <summary>Written before a checkout is brought along, removed after.</summary>
/// <param name="HoldsLock">False once files of the owner stood in the way, after the branch had moved.</param>
internal sealed record LandingMark(string From, string To, bool HoldsLock);
