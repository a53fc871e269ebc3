using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>kill -9 between what is decided and the word of it: the next start finds it.</summary>
public class LostHintsTests
{
    [Fact]
    public async Task A_task_that_is_given_to_another_just_before_the_server_dies_is_done_by_that_one_alone()
    {
        await using var ground = await KillGround.CreateAsync();
        await using var server = ground.Server();
        using var repository = await KillGround.RepositoryAsync();
        var goal = Guid.CreateVersion7();
        await server.StartAsync();
        await server.GiveAsync(goal, repository.Path);
        await UntilAsync(ground, "SELECT count(*) FROM agent_sessions s JOIN tasks t ON t.id = s.task_id WHERE t.title = 'Two' AND s.purpose = 'code' AND s.entry_count > 2");
        server.Kill();
        await using var source = KernelDatabase.Open(ground.Database.ConnectionString);
        var tasks = new TaskStore(source);
        var task = (await tasks.TreeAsync(goal)).Single(each => each.Title == "Two");
        task.Status.ShouldBe(TaskState.InProgress);
        var other = (await new AgentStore(source).ListAsync(AgentRole.Worker)).First(worker => worker.Id != task.AssigneeId);

        var given = (await tasks.DoAsync(task.Id, new TaskCommand.Assign(other.Id))).Task;
        await server.StartAsync();

        (await ground.UntilAsync(goal)).ShouldBeTrue();
        await Aftermath.QuietAsync(ground.Database);
        (await Aftermath.ScalarAsync<string>(ground.Database, "SELECT string_agg(sub_status, ' ' ORDER BY created_at) FROM engine.workflow_instances WHERE definition_id = 'task' AND correlation_id = $1", task.Id.ToString()))
            .ShouldBe("Cancelled Finished");
        (await Aftermath.ScalarAsync<string>(ground.Database, "SELECT a.name FROM agent_sessions s JOIN agents a ON a.id = s.agent_id WHERE s.task_id = $1 AND s.purpose = 'code' AND s.attempt = $2", task.Id, given.Attempt))
            .ShouldBe(other.Name);
        (await tasks.LeavingAsync()).ShouldBeEmpty();
        (await repository.GitAsync("log", "--merges", "--format=%H", $"--grep=Task: {task.Id}", "main")).Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public async Task The_task_of_a_workflow_that_faulted_just_before_the_server_died_is_blocked_by_the_next_start()
    {
        await using var ground = await KillGround.CreateAsync();
        await using var server = ground.Server();
        using var repository = await KillGround.RepositoryAsync();
        var goal = Guid.CreateVersion7();
        await server.StartAsync();
        // Nobody hears of the fault, and no heartbeat looks: as if the server died right after the commit that ended the workflow.
        await Aftermath.ScalarAsync<object>(ground.Database,
            "DROP TRIGGER fault_is_told ON engine.workflow_instances; DROP TRIGGER later_fault_is_told ON engine.workflow_instances; UPDATE schedules SET enabled = FALSE");
        await FaultTests.BreakAsync(server.Owner, "task", "workspace");
        await server.GiveAsync(goal, repository.Path);
        await UntilAsync(ground, "SELECT count(*) FROM engine.workflow_instances WHERE definition_id = 'task' AND sub_status = 'Faulted' HAVING count(*) >= 2");
        server.Kill();
        (await Aftermath.ScalarAsync<long>(ground.Database, "SELECT count(*) FROM tasks WHERE status = 'blocked'")).ShouldBe(0);

        await server.StartAsync();

        // Their planner is told, and closes the goal: the tasks do not stay blocked, but the log remembers.
        await UntilAsync(ground, "SELECT count(*) FROM activities WHERE event_type = 'task.blocked' AND message LIKE '%broken on purpose%agentos task retry%' HAVING count(DISTINCT task_id) = 2");
    }

    private static async Task UntilAsync(KillGround ground, string count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (await Aftermath.ScalarAsync<long>(ground.Database, count) == 0)
        {
            await ground.Watch.WaitAsync(TimeSpan.FromMilliseconds(200), limit.Token);
            while (ground.Watch.Reader.TryRead(out _)) limit.Token.ThrowIfCancellationRequested();
        }
    }
}
