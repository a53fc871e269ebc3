using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;
using AgentOS.Testing.Git;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>Endpoints that fail, and budgets that are used up.</summary>
public class ModelsFailTests
{
    private static string Yaml(Uri primaryUrl, Uri fallbackUrl, string prices = "input: 1, output: 1") =>
        $$"""
        providers:
          first: { base_url: "{{primaryUrl}}", models: [ { name: a, {{prices}} } ] }
          second: { base_url: "{{fallbackUrl}}", models: [ { name: b, {{prices}}, max_output: 1000 } ] }
        roles:
          orchestrator: { primary: first/a, fallback: second/b }
          worker: { primary: first/a, fallback: second/b }
          reviewer: { primary: first/a, fallback: second/b }
          heartbeat: { primary: second/b }
        """;

    [Fact]
    public async Task The_fallback_does_what_the_primary_refuses()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var refusing = await Testing.Models.ScriptedModel.StartAsync(Testing.Models.ScriptedAnswer.Refusal(401));
        await using var server = await LoopServer.StartAsync(new() { Planner = Team.Plan(Team.Task("One")) }, configuration: model => Yaml(new(refusing.Url), model.Url));

        var summary = await server.ReachAsync(repository.Path);

        summary.Ok.ShouldBeTrue(summary.Error);
        refusing.Requests.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_file_of_models_that_cannot_be_read_refuses_a_goal_and_blocks_one_that_is_there_with_the_place_in_it_and_mended_it_goes_on()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(
            new() { Planner = talk => talk.Turn > 0 ? Says.Finish("Planned.") : Says.Call("create_tasks", new { tasks = new[] { Team.Task("One") } }) }, configuration: _ => "providers:\n  first: [\n");

        (await Should.ThrowAsync<HttpRequestException>(() => server.GiveAsync(repository.Path))).Message.ShouldContain("llm.yaml:");
        (await server.Service<TaskStore>().ListAsync(new())).ShouldBeEmpty();
        var known = await server.Service<RepositoryIntake>().FindOrAddAsync(repository.Path, null);
        var goal = (await server.Service<TaskStore>().CreateAsync(new("Do the work", TaskKind.Goal) { RepositoryId = known.Id })).Id;
        var summary = await server.EndAsync(goal);

        summary.Status.ShouldBe(TaskState.Blocked);
        summary.Error!.ShouldContain("llm.yaml:");
        summary.Error!.ShouldNotContain("workflow");
        await server.UntilAsync(() => Task.FromResult(Directory.GetDirectories(server.Workspaces).Length), left => left == 0);

        await File.WriteAllTextAsync(server.Cli.Data.LlmFile, server.Configuration);
        (await server.Cli.RunAsync("task", "retry", goal.ToString())).ExitCode.ShouldBe(0);
        (await server.EndAsync(goal)).Ok.ShouldBeTrue(await server.LogAsync());
    }

    [Fact]
    public async Task An_endpoint_that_nobody_can_reach_blocks_the_goal_and_names_it()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var refusing = await Testing.Models.ScriptedModel.StartAsync(Testing.Models.ScriptedAnswer.Refusal(402));
        await using var server = await LoopServer.StartAsync(new(), configuration: _ => Yaml(new(refusing.Url), new("http://127.0.0.1:9/v1")));

        var summary = await server.ReachAsync(repository.Path);

        summary.Status.ShouldBe(TaskState.Blocked);
        summary.Error!.ShouldContain("127.0.0.1:9");
    }

    [Fact]
    public async Task A_budget_that_is_used_up_blocks_the_task_says_how_to_raise_it_and_more_money_goes_on()
    {
        using var repository = await TestRepository.CreateAsync();
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Turn < 3 ? Says.Write("work/one.txt", $"{talk.Turn}\n") with { OutputTokens = 5000 } : Says.Finish("Done."),
        }, configuration: model => Yaml(model.Url, model.Url, "input: 100, output: 100"));

        var goal = await server.GiveAsync(repository.Path, budget: 1.2m);
        var summary = await server.EndAsync(goal);

        summary.Status.ShouldBe(TaskState.Blocked);
        summary.Error!.ShouldContain("budget");
        summary.Error!.ShouldContain("agentos task edit");
        summary.CostUsd.ShouldBeLessThanOrEqualTo(1.2m);

        (await server.Cli.RunAsync("task", "edit", goal.ToString(), "--budget", "1000")).ExitCode.ShouldBe(0);
        (await server.Cli.RunAsync("task", "retry", goal.ToString())).ExitCode.ShouldBe(0);
        var again = await server.EndAsync(goal);
        again.Ok.ShouldBeTrue(again.Error);
    }
}
