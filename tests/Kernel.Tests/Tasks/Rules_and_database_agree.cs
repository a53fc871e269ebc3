using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Tasks;
using static AgentOS.Kernel.Tasks.TaskCommand;

namespace AgentOS.Kernel.Tests.Tasks;

/// <summary>The graph of states stands twice, in the rules and in the database. Walks that nobody planned find where the two differ.</summary>
public sealed class Rules_and_database_agree : KernelTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task on_every_way_that_a_task_can_take(int seed)
    {
        var random = new Random(seed);
        var team = await TeamAsync(2);
        for (var walk = 0; walk < 15; walk++)
        {
            var kind = random.Next(3) == 0 ? TaskKind.Goal : TaskKind.Code;
            var agent = team.First(one => one.Role == (kind == TaskKind.Goal ? AgentRole.Orchestrator : AgentRole.Worker));
            var id = (await Tasks.CreateAsync(new($"Walk {walk}", kind) { RepositoryId = (await RepositoryAsync()).Id }, Token)).Id;
            for (var step = 0; step < 12; step++)
            {
                var task = await Tasks.GetAsync(id, Token);
                if (kind == TaskKind.Code && random.Next(3) == 0) await Agents.ClaimWorkerAsync(id, cancellation: Token);
                if (random.Next(3) == 0) await Tasks.TakeUpAsync(id, $"{seed}-{walk}-{step}", Token);
                TaskCommand[] commands =
                [
                    new Assign(agent.Id), new Unassign(), new BeginGoal(), new Prepare("branch", Sha(step)), new Submit(Sha(step)), new SendBack(task.Attempt, "checks", "red"),
                    new Block("stuck"), new CompleteGoal(null), new Retry(), new TakeBack("silent"),
                    new Stop("enough"), new Replan($"{step}"), new Prepare("branch", Sha(step), "/workspace"), new TakeOver(), new HandBack("did it"), new Keep(Sha(step)),
                ];
                var command = commands[random.Next(commands.Length)];
                try
                {
                    await Tasks.DoAsync(id, command, cancellation: Token);
                }
                catch (RefusedException refused)
                {
                    refused.InnerException.ShouldBeNull($"the rules allowed {command}, the database did not: {refused.Message}");
                }
            }
        }

        var workers = await Agents.ListAsync(AgentRole.Worker, Token);
        foreach (var worker in workers.Where(worker => worker.CurrentTaskId is not null))
            (await Tasks.GetAsync(worker.CurrentTaskId!.Value, Token)).Status.ShouldBe(TaskState.InProgress, "a worker holds a task only while it works on it");
    }
}
