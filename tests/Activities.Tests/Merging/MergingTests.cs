using AgentOS.Activities.Git;
using AgentOS.Activities.Merging;

namespace AgentOS.Activities.Tests.Merging;

public sealed class MergingTests : IDisposable
{
    private static readonly GitAuthor Author = new("AgentOS", "agentos@localhost", new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private readonly GitRepository repository = new(("a.txt", "one\n"), ("b.txt", "one\n"), ("folder/c.txt", "one\n"));
    private readonly string tip;

    public MergingTests() => tip = repository.Head;

    public void Dispose() => repository.Dispose();

    /// <summary>A commit on top of the first one, with the checkout back on main.</summary>
    private MergeCandidate Head(string path, string? content)
    {
        repository.Git("checkout", "-q", "--detach", tip);
        if (content is null)
            File.Delete(repository[path]);
        var head = content is null ? repository.Commit($"delete {path}") : repository.Commit($"change {path}", (path, content));
        repository.Git("checkout", "-q", "main");
        return new(Guid.CreateVersion7(), head, $"Merge {path}", Author);
    }

    private Task<MergeBuild> Build(params MergeCandidate[] candidates) => MergeBuilder.BuildAsync(repository.Path, repository.Git("rev-parse", "main"), candidates);

    private Task<Landing> Land(MergeBuild build) => BranchLanding.LandAsync(repository.Path, "main", build.Tip, build.Commit, "agentos: merge");

    private void ShouldBeClean(string commit)
    {
        repository.Head.ShouldBe(commit);
        repository.Git("status", "--porcelain").ShouldBeEmpty();
        Directory.GetFiles(repository[".git"], "*agentos*").ShouldBeEmpty();
        File.Exists(repository[".git/index.lock"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Candidates_are_merged_one_upon_the_other_and_land_with_a_clean_checkout()
    {
        var build = await Build(Head("a.txt", "two\n"), Head("new/deep/d.txt", "new\n"), Head("folder/c.txt", null));

        (await Land(build)).ShouldBeOfType<Landing.Landed>().CheckoutsBehind.ShouldBeEmpty();

        ShouldBeClean(build.Commit);
        File.ReadAllText(repository["a.txt"]).ShouldBe("two\n");
        File.ReadAllText(repository["new/deep/d.txt"]).ShouldBe("new\n");
        Directory.Exists(repository["folder"]).ShouldBeFalse();
        repository.Git("rev-list", "--count", "--merges", "main").ShouldBe("3");
        repository.Git("reflog", "-1", "--format=%gs", "main").ShouldBe("agentos: merge");
        repository.Git("fsck", "--strict", "--no-dangling");
    }

    [Fact]
    public async Task A_conflict_names_its_files_and_stops_nobody_else()
    {
        var build = await Build(Head("a.txt", "two\n"), Head("a.txt", "three\n"), Head("b.txt", "two\n"));

        build.Merges.Select(merge => merge.HasConflicts).ShouldBe([false, true, false]);
        build.Merges[1].Conflicts.ShouldBe(["a.txt"]);
        repository.Git("ls-tree", "--name-only", build.Commit).ShouldBe("a.txt\nb.txt\nfolder");
        repository.Head.ShouldBe(tip);
    }

    [Fact]
    public async Task The_same_merge_is_the_same_commit_and_is_recognised_when_landed()
    {
        var candidate = Head("a.txt", "two\n");
        var build = await Build(candidate);
        (await Build(candidate)).Commit.ShouldBe(build.Commit);
        (await MergeBuilder.ContainsAsync(repository.Path, "main", build.Commit)).ShouldBeFalse();

        await Land(build);

        (await MergeBuilder.ContainsAsync(repository.Path, "main", build.Commit)).ShouldBeTrue();
        (await Land(build)).ShouldBeOfType<Landing.Landed>();
        (await Build(candidate)).Commit.ShouldBe(build.Commit);
    }

    [Fact]
    public async Task A_squash_is_one_commit_on_the_tip()
    {
        var build = await Build(Head("a.txt", "two\n") with { Style = MergeStyle.Squash, Message = "Change a" });
        repository.Git("log", "-1", "--format=%P|%an|%s", build.Commit).ShouldBe($"{tip}|Owner|Change a");
    }

    [Fact]
    public async Task A_branch_that_moved_is_not_overwritten()
    {
        var build = await Build(Head("a.txt", "two\n"));
        var moved = repository.Commit("by hand", ("b.txt", "by hand\n"));

        (await Land(build)).ShouldBe(new Landing.TipMoved(moved));
        ShouldBeClean(moved);
    }

    [Fact]
    public async Task A_branch_that_is_not_checked_out_moves_alone()
    {
        var build = await Build(Head("a.txt", "two\n"));
        repository.Git("checkout", "-q", "-b", "other");
        repository.Write("a.txt", "dirty\n");

        (await Land(build)).ShouldBeOfType<Landing.Landed>();

        repository.Git("rev-parse", "main").ShouldBe(build.Commit);
        File.ReadAllText(repository["a.txt"]).ShouldBe("dirty\n");
    }

    [Fact]
    public async Task A_dirty_checkout_is_never_touched_and_the_merge_waits()
    {
        var build = await Build(Head("a.txt", "two\n"));
        repository.Write("b.txt", "dirty\n");

        var waiting = (await Land(build)).ShouldBeOfType<Landing.WaitingForCleanCheckout>();

        waiting.Checkout.ToString().ShouldBe($"{repository.Path}: it has changes that are not committed: b.txt");
        repository.Git("status", "--porcelain").ShouldBe(" M b.txt");
        repository.Git("stash", "-q");
        (await Land(build)).ShouldBeOfType<Landing.Landed>();
        ShouldBeClean(build.Commit);
    }

    [Fact]
    public async Task A_new_file_of_the_owner_is_not_overwritten()
    {
        var build = await Build(Head("new.txt", "agent\n"), Head("dir/x.txt", "agent\n"));
        repository.Write("new.txt", "owner\n");
        repository.Write("dir", "owner\n");

        var waiting = (await Land(build)).ShouldBeOfType<Landing.WaitingForCleanCheckout>();

        waiting.Checkout.Paths.ShouldBe(["dir/x.txt", "new.txt"]);
        File.ReadAllText(repository["new.txt"]).ShouldBe("owner\n");
        repository.Head.ShouldBe(tip);
    }

    [Fact]
    public async Task Other_new_files_of_the_owner_do_not_matter()
    {
        var build = await Build(Head("a.txt", "two\n"));
        repository.Write("notes.txt", "owner\n");
        (await Land(build)).ShouldBeOfType<Landing.Landed>();
        repository.Git("status", "--porcelain").ShouldBe("?? notes.txt");
    }

    [Fact]
    public async Task A_merge_that_the_owner_has_not_finished_is_waited_for()
    {
        var build = await Build(Head("a.txt", "two\n"));
        File.WriteAllText(repository[".git/MERGE_HEAD"], tip);
        (await Land(build)).ShouldBeOfType<Landing.WaitingForCleanCheckout>().Checkout.Reason.ShouldContain("MERGE_HEAD");
        File.Delete(repository[".git/MERGE_HEAD"]);
        File.WriteAllText(repository[".git/index.lock"], "");
        (await Land(build)).ShouldBeOfType<Landing.WaitingForCleanCheckout>().Checkout.Reason.ShouldContain("index.lock");
        File.Exists(repository[".git/index.lock"]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_linked_working_tree_is_brought_along()
    {
        using var folder = new TemporaryFolder();
        repository.Git("checkout", "-q", "-b", "other");
        repository.Git("worktree", "add", "-q", folder["linked"], "main");
        var build = await MergeBuilder.BuildAsync(repository.Path, tip, [HeadFrom("a.txt", "two\n")]);

        (await Land(build)).ShouldBeOfType<Landing.Landed>();

        File.ReadAllText(folder["linked/a.txt"]).ShouldBe("two\n");
        GitRepository.GitIn(folder["linked"], "status", "--porcelain").ShouldBeEmpty();
        repository.Git("status", "--porcelain").ShouldBeEmpty();

        MergeCandidate HeadFrom(string path, string content)
        {
            var head = repository.Commit("change", (path, content));
            repository.Git("reset", "-q", "--hard", tip);
            return new(Guid.CreateVersion7(), head, "Merge", Author);
        }
    }

    [Fact]
    public async Task Line_ends_links_and_modes_arrive_as_git_would_write_them()
    {
        repository.Git("checkout", "-q", "--detach", tip);
        repository.Write(".gitattributes", "*.bat eol=crlf\n");
        repository.Write("run.bat", "echo\r\n");
        File.SetUnixFileMode(repository.Write("tool", "#!/bin/sh\n"), (UnixFileMode)0b111_101_101);
        File.Delete(repository["b.txt"]);
        File.CreateSymbolicLink(repository["b.txt"], "a.txt");
        var head = repository.Commit("odd");
        repository.Git("checkout", "-q", "main");

        var build = await Build(new MergeCandidate(Guid.CreateVersion7(), head, "Merge", Author));
        await Land(build);

        ShouldBeClean(build.Commit);
        File.ReadAllText(repository["run.bat"]).ShouldBe("echo\r\n");
        new FileInfo(repository["b.txt"]).LinkTarget.ShouldBe("a.txt");
        File.GetUnixFileMode(repository["tool"]).ShouldBe((UnixFileMode)0b111_101_101);
    }

    /// <summary>What a crash leaves: the branch moved, git's lock taken, and the first files of the checkout written.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_crash_after_the_branch_moved_is_finished_by_the_same_call(int filesWritten)
    {
        var build = await Build(Head("a.txt", "two\n"), Head("b.txt", "two\n"), Head("folder/c.txt", null));
        File.WriteAllText(repository[".git/agentos-landing.json"], $$"""{"From":"{{tip}}","To":"{{build.Commit}}","HoldsLock":true}""");
        File.Copy(repository[".git/index"], repository[".git/index.lock"]);
        repository.Git("update-ref", "refs/heads/main", build.Commit);
        foreach (var path in new[] { "a.txt", "b.txt" }.Take(filesWritten))
            repository.Write(path, "two\n");

        (await Land(build)).ShouldBeOfType<Landing.Landed>().CheckoutsBehind.ShouldBeEmpty();

        ShouldBeClean(build.Commit);
    }

    [Fact]
    public async Task A_crash_before_the_branch_moved_leaves_nothing_behind()
    {
        var build = await Build(Head("a.txt", "two\n"));
        File.WriteAllText(repository[".git/agentos-landing.json"], $$"""{"From":"{{tip}}","To":"{{build.Commit}}","HoldsLock":true}""");
        File.Copy(repository[".git/index"], repository[".git/index.lock"]);

        (await Land(build)).ShouldBeOfType<Landing.Landed>();

        ShouldBeClean(build.Commit);
    }

    [Fact]
    public async Task A_file_that_the_owner_changed_after_a_crash_is_kept_and_named()
    {
        var build = await Build(Head("a.txt", "two\n"));
        File.WriteAllText(repository[".git/agentos-landing.json"], $$"""{"From":"{{tip}}","To":"{{build.Commit}}","HoldsLock":true}""");
        repository.Git("update-ref", "refs/heads/main", build.Commit);
        repository.Write("a.txt", "owner\n");

        (await Land(build)).ShouldBeOfType<Landing.Landed>().CheckoutsBehind.ShouldHaveSingleItem().Paths.ShouldBe(["a.txt"]);
        File.ReadAllText(repository["a.txt"]).ShouldBe("owner\n");
        File.Exists(repository[".git/index.lock"]).ShouldBeFalse();

        repository.Write("a.txt", "one\n");
        (await Land(build)).ShouldBeOfType<Landing.Landed>().CheckoutsBehind.ShouldBeEmpty();
        ShouldBeClean(build.Commit);
    }

    [Fact]
    public async Task A_push_arrives_and_a_rejected_one_says_so()
    {
        using var remote = new TemporaryFolder();
        GitRepository.GitIn(remote.Path, "init", "-q", "--bare", "-b", "main", ".");
        var ran = repository[".git/ran"];
        File.SetUnixFileMode(repository.Write(".git/hooks/pre-push", $"#!/bin/sh\ntouch {ran}\n"), (UnixFileMode)0b111_101_101);
        repository.Git("config", $"url.{repository.Path}.insteadOf", remote.Path);

        (await RemotePush.PushAsync(repository.Path, remote.Path, "main", tip)).Outcome.ShouldBe(PushOutcome.Pushed);
        (await RemotePush.PushAsync(repository.Path, remote.Path, "main", tip)).Outcome.ShouldBe(PushOutcome.Pushed);

        GitRepository.GitIn(remote.Path, "rev-parse", "main").ShouldBe(tip);
        File.Exists(ran).ShouldBeFalse();

        using var other = new TemporaryFolder();
        GitRepository.GitIn(other.Path, "clone", "-q", remote.Path, "clone");
        GitRepository.GitIn(other["clone"], "-c", "user.name=x", "-c", "user.email=x@y", "commit", "-q", "--allow-empty", "-m", "theirs");
        GitRepository.GitIn(other["clone"], "push", "-q", "origin", "main");
        var build = await Build(Head("a.txt", "two\n"));

        (await RemotePush.PushAsync(repository.Path, remote.Path, "main", build.Commit)).Outcome.ShouldBe(PushOutcome.Rejected);
        var theirs = await RemotePush.FetchAsync(repository.Path, remote.Path, "main");
        theirs.ShouldBe(GitRepository.GitIn(remote.Path, "rev-parse", "main"));
        repository.Git("cat-file", "-t", theirs).ShouldBe("commit");
        (await RemotePush.PushAsync(repository.Path, "/no/such/remote", "main", tip)).Outcome.ShouldBe(PushOutcome.Failed);
        (await RemotePush.PushAsync(repository.Path, $"ext::touch {ran}", "main", tip)).Outcome.ShouldBe(PushOutcome.Failed);
        File.Exists(ran).ShouldBeFalse();
    }

    [Fact]
    public async Task A_push_that_another_overtakes_at_the_remote_is_rejected_and_one_before_a_lock_that_stays_has_failed()
    {
        using var remote = new TemporaryFolder();
        GitRepository.GitIn(remote.Path, "init", "-q", "--bare", "-b", "main", ".");
        repository.Git("push", "-q", remote.Path, $"{tip}:refs/heads/main", $"{Head("b.txt", "theirs\n").Head}:refs/heads/theirs");
        var build = await Build(Head("a.txt", "two\n"));

        // The remote's hook runs after its look at the branch and before its move of it.
        File.WriteAllText(remote["hooks/update"], "#!/bin/sh\ngit update-ref refs/heads/main theirs\n");
        File.SetUnixFileMode(remote["hooks/update"], (UnixFileMode)0b111_101_101);
        (await RemotePush.PushAsync(repository.Path, remote.Path, "main", build.Commit)).Outcome.ShouldBe(PushOutcome.Rejected);
        GitRepository.GitIn(remote.Path, "rev-parse", "main").ShouldBe(GitRepository.GitIn(remote.Path, "rev-parse", "theirs"));

        File.Delete(remote["hooks/update"]);
        GitRepository.GitIn(remote.Path, "update-ref", "refs/heads/main", tip);
        File.WriteAllText(remote["refs/heads/main.lock"], "");
        var locked = await RemotePush.PushAsync(repository.Path, remote.Path, "main", build.Commit);
        locked.Outcome.ShouldBe(PushOutcome.Failed);
        locked.Message.ShouldContain("main.lock");
    }
}
