using AgentOS.Activities.Git;

namespace AgentOS.Activities.Tests.Git;

public sealed class RepositoryCloneTests
{
    [Fact]
    public async Task A_name_that_leads_elsewhere_is_a_folder_here()
    {
        using var root = new TemporaryFolder();
        using var repository = new GitRepository(("a.txt", "a\n"));

        (await RepositoryClone.MakeAsync(root["clones"], $"file://{repository.Path}", "../../elsewhere", null)).Path.ShouldBe(root["clones/elsewhere"]);
    }

    [Fact]
    public async Task A_url_becomes_a_repository_with_its_branch_checked_out()
    {
        using var origin = new GitRepository(("README.md", "hello"));
        using var data = new TemporaryFolder();

        var facts = await RepositoryClone.MakeAsync(data.Path, $"file://{origin.Path}", "shop", null);

        facts.Path.ShouldBe(Path.Combine(data.Path, "shop"));
        var managed = ManagedRepository.Inspect(facts.Path);
        (managed.Branch, managed.Head).ShouldBe((facts.Branch, ManagedRepository.Inspect(origin.Path).Head));
        ManagedRepository.DirtyPaths(facts.Path).ShouldBeEmpty();
        Directory.EnumerateFiles(facts.Path).ShouldNotBeEmpty();
        (await RepositoryClone.MakeAsync(data.Path, $"file://{origin.Path}", "shop", facts.Branch)).Path.ShouldBe(Path.Combine(data.Path, "shop-2"), "the name is taken");
    }

    [Theory]
    [InlineData("file:///nowhere/at/all", null, "cannot be cloned")]
    [InlineData("--upload-pack=touch /tmp/x", null, "cannot be cloned")]
    [InlineData("ext::sh -c touch% /tmp/x", null, "cannot be cloned")]
    public async Task What_cannot_be_cloned_leaves_nothing_behind(string url, string? branch, string because)
    {
        using var data = new TemporaryFolder();
        (await Should.ThrowAsync<RepositoryException>(() => RepositoryClone.MakeAsync(data.Path, url, "shop", branch))).Message.ShouldContain(because);
        Directory.EnumerateFileSystemEntries(data.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_branch_that_is_not_there_is_named()
    {
        using var origin = new GitRepository(("README.md", "hello"));
        using var data = new TemporaryFolder();
        (await Should.ThrowAsync<RepositoryException>(() => RepositoryClone.MakeAsync(data.Path, $"file://{origin.Path}", "shop", "nope"))).Message.ShouldContain("no branch 'nope'");
    }
}
