using AgentOS.Activities.Coding;
using AgentOS.Activities.Git;
using AgentOS.Activities.Shell;
using AgentOS.Kernel;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;
using AgentOS.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Activities.Tests.Coding;

public sealed class NoSandboxTests
{
    [Fact]
    public async Task What_cannot_be_checked_is_not_begun_and_leaves_no_workspace()
    {
        using var root = new TemporaryFolder();
        using var repository = new GitRepository((".agentos.yaml", "test: make test\n"));
        await using var database = await TestDatabase.CreateAsync();
        await using var services = new ServiceCollection().AddKernel(database.DataSource)
            .AddSingleton(new Sandbox(new(Bubblewrap: root["no-bwrap"]))).AddSingleton(new Workspaces(root["workspaces"])).AddSingleton(TimeProvider.System).AddSingleton<CodingService>().BuildServiceProvider();
        var known = await services.GetRequiredService<RepositoryStore>().EnsureAsync(repository.Path, "sample", "main");
        var task = await services.GetRequiredService<TaskStore>().CreateAsync(new("Task") { RepositoryId = known.Id });

        var (outcome, feedback) = await services.GetRequiredService<CodingService>().PrepareWorkspaceAsync(task.Id, default);

        outcome.ShouldBe("Failed");
        feedback!.ShouldSatisfyAllConditions(said => said.ShouldContain("bubblewrap"), said => said.ShouldContain("apt-get install"), said => said.ShouldContain($"agentos task retry {task.Id}"));
        Directory.Exists(root["workspaces"]).ShouldBeFalse();
    }
}
