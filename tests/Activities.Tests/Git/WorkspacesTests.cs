using System.Diagnostics;
using AgentOS.Activities.Git;
using AgentOS.Activities.Shell;

namespace AgentOS.Activities.Tests.Git;

public sealed class WorkspacesTests : IDisposable
{
    private static readonly GitAuthor Author = new("Worker", "worker@example.org", new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private readonly TemporaryFolder root = new();
    private readonly GitRepository repository = new(("src/a.txt", "one\n"), (".gitignore", "ignored/\n"), ("run.sh", "echo hi\n"));
    private readonly Workspaces workspaces;
    private readonly Guid task = Guid.CreateVersion7();

    public WorkspacesTests() => workspaces = new(root["workspaces"]);

    public void Dispose()
    {
        root.Dispose();
        repository.Dispose();
    }

    private Task<Workspace> Prepare() => workspaces.PrepareAsync(task, repository.Path, repository.Head, "agentos/task");

    private static string Write(Workspace workspace, string path, string content)
    {
        var full = Path.Combine(workspace.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        return full;
    }

    private static string Read(Workspace workspace, string path) => File.ReadAllText(Path.Combine(workspace.Path, path));

    private string Published(string sha, string path) => repository.Git("show", $"{sha}:{path}");

    [Fact]
    public async Task Work_becomes_one_commit_that_the_managed_repository_has()
    {
        var workspace = await Prepare();
        Write(workspace, "src/a.txt", "two\n");
        await workspace.SnapshotAsync("first step");
        Write(workspace, "src/new/b.txt", "new\n");
        Write(workspace, "ignored/c.txt", "no\n");
        File.Delete(Path.Combine(workspace.Path, "run.sh"));
        await workspace.SnapshotAsync("second step");

        var head = (await workspace.CommitAsync("Change a", Author)).ShouldNotBeNull();
        var reference = await workspace.PublishAsync(head);

        repository.Git("rev-parse", reference).ShouldBe(head);
        repository.Git("diff-tree", "-r", "--name-status", "--no-commit-id", head).ShouldBe("D\trun.sh\nM\tsrc/a.txt\nA\tsrc/new/b.txt");
        repository.Git("log", "-1", "--format=%P %an %s", head).ShouldBe($"{repository.Head} Worker Change a");
        repository.Git("fsck", "--strict", "--no-dangling");
        repository.Git("status", "--porcelain").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lock_that_a_killed_process_left_keeps_no_work_from_being_kept()
    {
        var workspace = await Prepare();
        Write(workspace, "src/a.txt", "two\n");
        var git = Directory.EnumerateFiles(root["workspaces"], "HEAD", SearchOption.AllDirectories).Select(head => Path.GetDirectoryName(head)!).Single();
        foreach (var left in new[] { Path.Combine(git, "refs/heads/agentos/task.lock"), Path.Combine(git, "index.lock") })
        {
            File.WriteAllText(left, "");
            File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddMinutes(-1));
        }

        await workspace.SnapshotAsync("first step");
        var head = (await workspace.CommitAsync("Change a", Author)).ShouldNotBeNull();
        repository.Git("rev-parse", await workspace.PublishAsync(head)).ShouldBe(head);
    }

    [Fact]
    public async Task Pipes_in_the_place_of_files_hold_nobody_up()
    {
        var workspace = await Prepare();
        Write(workspace, "src/a.txt", "two\n");
        await workspace.SnapshotAsync("first step");
        File.Delete(Path.Combine(workspace.Path, "src/a.txt"));
        GitRepository.GitIn(workspace.Path, "init", "-q", "nested");
        Write(workspace, "nested/b.txt", "nested\n");
        foreach (var pipe in (string[])["AGENTS.md", "src/a.txt", "nested/pipe"])
            using (var made = Process.Start("mkfifo", Path.Combine(workspace.Path, pipe))) await made.WaitForExitAsync();

        await Task.Run(async () =>
        {
            (await AgentOS.Activities.Models.Sessions.SessionBriefing.ConventionsAsync(workspace, default)).ShouldBe("");
            (await workspace.UnresolvedAsync(["src/a.txt"])).ShouldBeEmpty();
        }).WaitAsync(TimeSpan.FromSeconds(30));
        var diff = await workspace.DiffAsync().WaitAsync(TimeSpan.FromSeconds(30));
        diff.Files.Select(file => file.Path).ShouldContain("nested/b.txt");
        diff.Files.Select(file => file.Path).ShouldNotContain("nested/pipe");
    }

    [Fact]
    public async Task A_tracked_file_that_grows_huge_is_left_out_of_the_change_and_its_text_is_not_loaded()
    {
        var workspace = await Prepare();
        Write(workspace, "src/a.txt", new string('x', 64) + string.Concat(Enumerable.Repeat("0123456789abcdef\n", (33 << 20) / 17)));
        Write(workspace, "large.txt", string.Concat(Enumerable.Repeat("0123456789abcdef\n", (9 << 20) / 17)));
        Write(workspace, "run.sh", "echo ho\n");

        var diff = await workspace.DiffAsync();

        diff.LeftOut.ShouldBe(["src/a.txt"]);
        diff.Files.Select(file => file.Path).ShouldBe(["large.txt", "run.sh"], ignoreOrder: true);
        diff.Patch.ShouldContain("+echo ho");
        diff.Patch.Length.ShouldBeLessThan(2000);
        diff.Patch.ShouldContain("large.txt");
    }

    [Fact]
    public async Task The_repositorys_conventions_are_read_through_links_that_stay_inside_only()
    {
        using var outside = new TemporaryFolder();
        outside.Write("token", "secret");
        var workspace = await Prepare();
        File.CreateSymbolicLink(Path.Combine(workspace.Path, "AGENTS.md"), outside["token"]);
        (await AgentOS.Activities.Models.Sessions.SessionBriefing.ConventionsAsync(workspace, default)).ShouldBe("");
        File.Delete(Path.Combine(workspace.Path, "AGENTS.md"));
        Write(workspace, "docs/agents.md", "Use tabs.");
        File.CreateSymbolicLink(Path.Combine(workspace.Path, "AGENTS.md"), "docs/agents.md");
        (await AgentOS.Activities.Models.Sessions.SessionBriefing.ConventionsAsync(workspace, default)).ShouldContain("Use tabs.");
    }

    [Fact]
    public async Task The_same_work_makes_the_same_commit()
    {
        var workspace = await Prepare();
        Write(workspace, "src/a.txt", "two\n");
        (await workspace.CommitAsync("x", Author)).ShouldBe(await workspace.CommitAsync("x", Author));
    }

    [Fact]
    public async Task Without_changes_there_is_no_commit_and_no_new_snapshot()
    {
        var workspace = await Prepare();
        (await workspace.SnapshotAsync("nothing")).ShouldBe(repository.Head);
        Write(workspace, "x", "1");
        var first = await workspace.SnapshotAsync("something");
        (await workspace.SnapshotAsync("nothing")).ShouldBe(first);
        File.Delete(Path.Combine(workspace.Path, "x"));
        await workspace.SnapshotAsync("undone");
        (await workspace.CommitAsync("none", Author)).ShouldBeNull();
    }

    [Fact]
    public async Task A_change_is_seen_though_its_size_and_time_are_the_same()
    {
        var workspace = await Prepare();
        var file = Path.Combine(workspace.Path, "src/a.txt");
        var time = File.GetLastWriteTimeUtc(file);
        File.WriteAllText(file, "six\n");
        File.SetLastWriteTimeUtc(file, time);
        (await workspace.CommitAsync("x", Author)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_snapshot_can_be_gone_back_to()
    {
        var workspace = await Prepare();
        Write(workspace, "src/a.txt", "good\n");
        Write(workspace, "kept/deep/x", "kept\n");
        Write(workspace, "ignored/cache", "stays\n");
        var good = await workspace.SnapshotAsync("good");
        Write(workspace, "src/a.txt", "bad\n");
        Write(workspace, "junk/deep/y", "bad\n");
        Directory.Delete(Path.Combine(workspace.Path, "kept"), recursive: true);
        Write(workspace, "kept", "a file where a folder was");

        await workspace.RestoreAsync(good);

        Read(workspace, "src/a.txt").ShouldBe("good\n");
        Read(workspace, "kept/deep/x").ShouldBe("kept\n");
        Read(workspace, "ignored/cache").ShouldBe("stays\n");
        Directory.Exists(Path.Combine(workspace.Path, "junk")).ShouldBeFalse();
        (await workspace.SnapshotAsync("again")).ShouldBe(good);
    }

    [Fact]
    public async Task Names_that_look_like_patterns_are_names()
    {
        string[] names = ["pages/[id].tsx", "pages/i.tsx", "*.txt", "a?b", "-x", "ü ñ.txt", "sp ace/\"quote\".txt", "line\nbreak"];
        var workspace = await Prepare();
        foreach (var name in names)
            Write(workspace, name, "good\n");
        var good = await workspace.SnapshotAsync("good");
        foreach (var name in names)
            Write(workspace, name, "bad\n");

        await workspace.RestoreAsync(good);

        names.Select(name => Read(workspace, name)).ShouldAllBe(content => content == "good\n");
        await workspace.PublishAsync((await workspace.CommitAsync("x", Author))!);
    }

    [Fact]
    public async Task A_folder_replaced_by_a_link_leads_a_restore_nowhere()
    {
        var workspace = await Prepare();
        using var outside = new TemporaryFolder();
        outside.Write("a.txt", "outside\n");
        Directory.Delete(Path.Combine(workspace.Path, "src"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(workspace.Path, "src"), outside.Path);
        await workspace.SnapshotAsync("a link");

        await workspace.RestoreAsync(repository.Head);

        File.ReadAllText(outside["a.txt"]).ShouldBe("outside\n");
        Read(workspace, "src/a.txt").ShouldBe("one\n");
        new DirectoryInfo(Path.Combine(workspace.Path, "src")).LinkTarget.ShouldBeNull();
    }

    [Fact]
    public async Task Links_modes_pipes_and_nested_repositories_are_taken_as_they_can_be()
    {
        var workspace = await Prepare();
        File.CreateSymbolicLink(Path.Combine(workspace.Path, "link"), "/etc/passwd");
        File.SetUnixFileMode(Path.Combine(workspace.Path, "run.sh"), (UnixFileMode)0b111_101_101);
        Process.Start("mkfifo", Path.Combine(workspace.Path, "pipe"))!.WaitForExit();
        Write(workspace, "nested/x.txt", "nested\n");
        GitRepository.GitIn(Path.Combine(workspace.Path, "nested"), "init", "-q");
        await using (var big = File.Create(Path.Combine(workspace.Path, "core.dump")))
            big.SetLength(100 << 20);

        var diff = await workspace.DiffAsync();
        var head = await workspace.CommitAsync("odd things", Author);
        await workspace.PublishAsync(head!);

        diff.LeftOut.ShouldBe(["core.dump"]);
        repository.Git("diff-tree", "-r", "--no-commit-id", "--format=", head!).Split('\n').Select(line => line.Split(' ')[1] + line.Split('\t')[1])
            .ShouldBe(["120000link", "100644nested/x.txt", "100755run.sh"]);
    }

    [Fact]
    public async Task Opening_again_keeps_the_work_and_a_broken_workspace_is_made_again()
    {
        var workspace = await Prepare();
        Write(workspace, "new.txt", "work\n");
        (await Prepare()).ShouldBe(workspace);
        Read(workspace, "new.txt").ShouldBe("work\n");

        File.WriteAllText(Path.Combine(root["workspaces"], task.ToString("N"), "workspace.json"), "{ broken");
        (await Prepare()).ShouldBe(workspace);
        File.Exists(Path.Combine(workspace.Path, "new.txt")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_diff_shows_all_since_the_base()
    {
        var workspace = await Prepare();
        Write(workspace, "src/a.txt", "two\n");
        Write(workspace, "b.txt", "new\n");

        var diff = await workspace.DiffAsync();

        diff.Files.ShouldBe([new("b.txt", ChangeKind.Added, 1, 0), new("src/a.txt", ChangeKind.Modified, 1, 1)]);
        diff.Patch.ShouldContain("-one\n+two");
    }

    [Fact]
    public async Task A_conflict_with_the_tip_is_left_in_the_files_and_its_solution_lands_on_the_tip()
    {
        var workspace = await Prepare();
        Write(workspace, "src/a.txt", "mine\n");
        Write(workspace, "mine.txt", "mine\n");
        var head = (await workspace.CommitAsync("mine", Author))!;
        var tip = repository.Commit("theirs", ("src/a.txt", "theirs\n"), ("theirs.txt", "theirs\n"));

        await workspace.MergeTipAsync(head, tip, Author);
        var moved = await workspace.MergeTipAsync(head, tip, Author);

        moved.Conflicts.ShouldBe(["src/a.txt"]);
        (await moved.Workspace.UnresolvedAsync(moved.Conflicts)).ShouldBe(["src/a.txt"]);
        Read(workspace, "src/a.txt").ShouldContain("<<<<<<< ");
        Read(workspace, "theirs.txt").ShouldBe("theirs\n");
        (await Prepare()).BaseSha.ShouldBe(tip);

        Write(workspace, "src/a.txt", "both\n");
        (await moved.Workspace.UnresolvedAsync(moved.Conflicts)).ShouldBeEmpty();
        var solved = (await moved.Workspace.CommitAsync("solved", Author))!;
        await workspace.PublishAsync(solved);

        repository.Git("rev-parse", $"{solved}^").ShouldBe(tip);
        repository.Git("diff", "--name-only", tip, solved).ShouldBe("mine.txt\nsrc/a.txt");
        Published(solved, "src/a.txt").ShouldBe("both");
    }

    [Fact]
    public async Task Nothing_that_a_repository_configures_is_run()
    {
        var mark = root["ran"];
        var program = root.Write("program", $"#!/bin/sh\ntouch {mark}\ncat\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        repository.Commit("attributes", (".gitattributes", "* filter=evil diff=evil merge=evil\n"));
        foreach (var key in (string[])["core.fsmonitor", "core.hooksPath", "filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "diff.external", "merge.evil.driver", "core.sshCommand", "credential.helper"])
            repository.Git("config", key, key is "core.hooksPath" ? root.Path : program);
        foreach (var hook in (string[])["post-checkout", "pre-commit", "reference-transaction", "post-index-change"])
            File.Copy(program, root[hook], overwrite: true);

        var head = GitRepository.GitIn(repository.Path, "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "rev-parse", "HEAD");
        File.Delete(mark);
        var workspace = await workspaces.PrepareAsync(task, repository.Path, head, "task");
        Write(workspace, "src/a.txt", "two\n");
        await workspace.SnapshotAsync("x");
        await workspace.DiffAsync();
        await workspace.PublishAsync((await workspace.CommitAsync("x", Author))!);
        ManagedRepository.DirtyPaths(repository.Path);

        File.Exists(mark).ShouldBeFalse();
    }

    [Fact]
    public async Task In_the_sandbox_git_can_look_and_not_write()
    {
        var workspace = await Prepare();
        Write(workspace, "src/a.txt", "two\n");
        var sandbox = new Sandbox(new());

        var result = await sandbox.RunAsync(new(
            $"""
            git log --format=%s; git status --short; git diff --stat | tail -1
            git commit -qam x 2>/dev/null && echo committed
            rm -f .git 2>/dev/null && echo removed; echo evil 2>/dev/null >> /git/config && echo configured
            ls {repository.Path}; touch {repository.Path}/.git/objects/x 2>/dev/null && echo written
            """, workspace.Path) { Mounts = workspace.GitMounts });

        result.Output.ShouldBe("first\n M src/a.txt\n 1 file changed, 1 insertion(+), 1 deletion(-)\n");
    }

    [Fact]
    public async Task A_commit_can_be_checked_out_fresh_and_removed()
    {
        var checkout = await workspaces.CheckoutAsync(repository.Path, repository.Head);
        Read(checkout, "src/a.txt").ShouldBe("one\n");
        Directory.CreateDirectory(Path.Combine(checkout.Path, "locked/inner"));
        File.SetUnixFileMode(Path.Combine(checkout.Path, "locked"), UnixFileMode.None);

        await workspaces.RemoveAsync(checkout.TaskId);

        Directory.GetFileSystemEntries(root["workspaces"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task Orphans_are_removed_when_they_are_old_and_nobody_owns_them()
    {
        var kept = await Prepare();
        var orphan = await workspaces.PrepareAsync(Guid.CreateVersion7(), repository.Path, repository.Head, "orphan");
        Directory.CreateDirectory(root["workspaces/.new-crashed"]);

        (await workspaces.RemoveOrphansAsync(new HashSet<Guid> { kept.TaskId }, DateTimeOffset.UtcNow)).ShouldBe(0);
        (await workspaces.RemoveOrphansAsync(new HashSet<Guid> { kept.TaskId }, DateTimeOffset.UtcNow.AddHours(2))).ShouldBe(2);

        Directory.Exists(orphan.Path).ShouldBeFalse();
        (await workspaces.FindAsync(kept.TaskId)).ShouldBe(kept);
    }

    [Fact]
    public async Task What_is_still_written_to_and_removed_twice_at_a_time_leaves_nothing()
    {
        for (var round = 0; round < 20; round++)
        {
            var workspace = await Prepare();
            var begun = new TaskCompletionSource();
            var writes = Task.Run(() =>
            {
                // As a step does that was cut off: it holds on to its folder, wherever that went, until it notices.
                using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "echo here; i=0; while [ $i -lt 3000 ] && : > file-$i; do i=$((i+1)); done"]) { WorkingDirectory = workspace.Path, RedirectStandardOutput = true, RedirectStandardError = true })!;
                shell.StandardOutput.ReadLine();
                begun.SetResult();
                shell.WaitForExit();
            });
            await begun.Task;

            await Task.WhenAll(workspaces.RemoveAsync(workspace.TaskId), workspaces.RemoveAsync(workspace.TaskId));
            (await workspaces.FindAsync(workspace.TaskId)).ShouldBeNull();
            await writes;
            await workspaces.RemoveOrphansAsync(new HashSet<Guid>(), DateTimeOffset.UtcNow);
            Directory.GetFileSystemEntries(root["workspaces"]).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("0123456789012345678901234567890123456789", "task", "is not in")]
    [InlineData("nonsense", "task", "is not in")]
    [InlineData(null, "bad..name", "not a name that git allows")]
    public async Task What_cannot_be_prepared_is_said_and_leaves_nothing(string? sha, string branch, string message)
    {
        (await Should.ThrowAsync<RepositoryException>(() => workspaces.PrepareAsync(task, repository.Path, sha ?? repository.Head, branch))).Message.ShouldContain(message);
        (Directory.Exists(root["workspaces"]) ? Directory.GetFileSystemEntries(root["workspaces"]) : []).ShouldBeEmpty();
    }
}
