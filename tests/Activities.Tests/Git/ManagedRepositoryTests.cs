using AgentOS.Activities.Git;

namespace AgentOS.Activities.Tests.Git;

public sealed class ManagedRepositoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static string Refused(string path, string? branch = null) =>
        Should.Throw<RepositoryException>(() => ManagedRepository.Inspect(path, branch)).Message;

    [Fact]
    public void A_repository_with_commits_is_described()
    {
        using var repository = new GitRepository(("a.txt", "1"));
        ManagedRepository.Inspect(repository.Path).ShouldBe(new(repository.Path, repository[".git"], "main", repository.Head));
    }

    [Fact]
    public void A_linked_working_tree_shares_the_objects_of_its_repository()
    {
        using var repository = new GitRepository(("a.txt", "1"));
        repository.Git("worktree", "add", "-q", folder["linked"], "-b", "other");
        ManagedRepository.Inspect(folder["linked"]).ShouldBe(new(folder["linked"], repository[".git"], "other", repository.Head));
    }

    [Fact]
    public void A_missing_folder_is_named() => Refused(folder["none"]).ShouldStartWith("There is no folder");

    [Fact]
    public void A_folder_that_is_no_repository_is_named() => Refused(folder.Path).ShouldContain("git init");

    [Fact]
    public void A_folder_inside_a_repository_names_the_repository()
    {
        using var repository = new GitRepository(("src/a.txt", "1"));
        Refused(repository["src"]).ShouldContain($"inside the repository '{repository.Path}'");
    }

    [Fact]
    public void A_bare_repository_is_refused()
    {
        GitRepository.GitIn(folder.Path, "init", "-q", "--bare", ".");
        Refused(folder.Path).ShouldContain("bare repository");
    }

    [Fact]
    public void A_repository_without_commits_is_refused()
    {
        using var repository = new GitRepository();
        Refused(repository.Path).ShouldContain("no commits yet");
    }

    [Fact]
    public void An_unborn_branch_names_the_branches_there_are()
    {
        using var repository = new GitRepository(("a.txt", "1"));
        repository.Git("checkout", "-q", "--orphan", "fresh");
        Refused(repository.Path).ShouldEndWith("Its branches: main.");
    }

    [Fact]
    public void A_detached_head_needs_the_name_of_a_branch()
    {
        using var repository = new GitRepository(("a.txt", "1"));
        repository.Git("checkout", "-q", "--detach");
        Refused(repository.Path).ShouldContain("detached HEAD");
        ManagedRepository.Inspect(repository.Path, "main").Head.ShouldBe(repository.Head);
    }

    [Fact]
    public void A_branch_that_is_not_there_is_named()
    {
        using var repository = new GitRepository(("a.txt", "1"));
        Refused(repository.Path, "nope").ShouldContain("no branch 'nope'");
    }

    [Fact]
    public void Changes_of_tracked_files_make_a_checkout_dirty_and_new_files_do_not()
    {
        using var repository = new GitRepository(("a.txt", "1"), ("b.txt", "1"));
        repository.Write("new.txt", "x");
        ManagedRepository.DirtyPaths(repository.Path).ShouldBeEmpty();
        repository.Write("a.txt", "2");
        repository.Write("b.txt", "2");
        repository.Git("add", "b.txt");
        ManagedRepository.DirtyPaths(repository.Path).ShouldBe(["a.txt", "b.txt"]);
    }
}
