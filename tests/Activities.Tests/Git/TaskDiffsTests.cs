using AgentOS.Activities.Git;
using AgentOS.Kernel;
using AgentOS.Kernel.Changes;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;
using AgentOS.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Activities.Tests.Git;

public sealed class TaskDiffsTests : IAsyncLifetime
{
    private readonly TemporaryFolder root = new();
    private readonly GitRepository repository = new(("src/a.txt", "one\ntwo\n"), ("old.txt", "a file that moves\nwith lines\nof its own\n"), ("logo.bin", "\0\u0001"));
    private TestDatabase database = null!;
    private ServiceProvider services = null!;
    private Workspaces workspaces = null!;
    private AgentTask task = null!;

    private ChangeReader Reader => new TaskDiffs(workspaces, services.GetRequiredService<RepositoryStore>()).Reader;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        services = new ServiceCollection().AddKernel(database.DataSource).BuildServiceProvider();
        workspaces = new(root["workspaces"]);
        var known = await services.GetRequiredService<RepositoryStore>().EnsureAsync(repository.Path, "sample", "main");
        task = await services.GetRequiredService<TaskStore>().CreateAsync(new("Task") { RepositoryId = known.Id });
        task = task with { Status = TaskState.InProgress, BaseSha = repository.Head };
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await database.DisposeAsync();
        root.Dispose();
        repository.Dispose();
    }

    [Fact]
    public async Task Work_under_way_is_read_from_the_last_snapshot_and_the_commit_when_it_is_one()
    {
        (await Reader.ListAsync(task, default)).Problem.ShouldBe("Nothing is changed yet.");
        var workspace = await workspaces.PrepareAsync(task.Id, repository.Path, repository.Head, "agentos/task");
        await File.WriteAllTextAsync(Path.Combine(workspace.Path, "src/a.txt"), "one\n2\n");
        File.Move(Path.Combine(workspace.Path, "old.txt"), Path.Combine(workspace.Path, "new.txt"));
        await File.WriteAllTextAsync(Path.Combine(workspace.Path, "logo.bin"), "\0\u0002");
        (await Reader.ListAsync(task, default)).Files.ShouldBeEmpty("what a step leaves half done is nobody's to see");

        await workspace.SnapshotAsync("write_file");
        var changes = await Reader.ListAsync(task, default);
        changes.IsUnderWay.ShouldBeTrue();
        changes.Files.Select(file => (file.Path, file.Fate, file.OldPath, file.IsBinary)).ShouldBe(
            [("logo.bin", FileFate.Modified, null, true), ("new.txt", FileFate.Renamed, "old.txt", false), ("src/a.txt", FileFate.Modified, null, false)], ignoreOrder: true);
        changes.Files.Single(file => file.Path == "src/a.txt").ShouldSatisfyAllConditions(file => file.LinesAdded.ShouldBe(1), file => file.LinesDeleted.ShouldBe(1));
        (await Reader.ReadAsync(task, changes, changes.Files.Single(file => file.Path == "src/a.txt"), default)).ShouldBe(new FileTexts("one\ntwo\n", "one\n2\n"));
        (await Reader.ReadAsync(task, changes, changes.Files.Single(file => file.Path == "new.txt"), default)).Before.ShouldStartWith("a file that moves");
        (await Reader.ReadAsync(task, changes, changes.Files.Single(file => file.IsBinary), default)).Problem.ShouldBe("A binary file.");

        var head = await workspace.CommitAsync("Task", new("Worker", "worker@example.org", DateTimeOffset.UnixEpoch));
        await workspace.PublishAsync(head!);
        await workspaces.RemoveAsync(task.Id);
        var submitted = task with { Status = TaskState.Review, HeadSha = head };
        changes = await Reader.ListAsync(submitted, default);
        (changes.IsUnderWay, changes.HeadSha, changes.Files.Count).ShouldBe((false, head, 3));
    }

    [Fact]
    public async Task What_cannot_be_shown_says_why()
    {
        File.WriteAllText(Path.Combine(repository.Path, "huge.txt"), new string('x', 500_000));
        repository.Git("add", "-A");
        repository.Git("commit", "-q", "-m", "huge");
        var landed = task with { Status = TaskState.Done, HeadSha = repository.Git("rev-parse", "HEAD").Trim() };
        var changes = await Reader.ListAsync(landed, default);
        (await Reader.ReadAsync(landed, changes, changes.Files.Single(), default)).Problem.ShouldBe("The file is too large to be shown here.");

        (await Reader.ListAsync(task with { Status = TaskState.Review, HeadSha = new('a', 40) }, default)).Problem.ShouldBe("The commit is not in the repository any more.");
        Directory.Move(Path.Combine(repository.Path, ".git"), root["moved"]);
        (await Reader.ListAsync(landed, default)).Problem.ShouldNotBeNull();
    }
}
