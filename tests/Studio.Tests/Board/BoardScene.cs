using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;

namespace AgentOS.Studio.Tests.Board;

/// <summary>A board as it looks in the middle of an afternoon.</summary>
internal static class BoardScene
{
    public static async Task MakeAsync(KernelWork work)
    {
        var goal = await work.GoalAsync("Show prices with tax in every country we ship to", 5);
        await work.GoalAsync("Upgrade the build to the current toolchain", repository: "toolbox");
        var rates = await work.TaskAsync("Read the tax rates from the configuration", TaskState.Done, goal.Id);
        var round = await work.TaskAsync("Round half to even, as the accountants want it", TaskState.Review, goal.Id, 5);
        var show = await work.TaskAsync("Show prices with tax in the basket and on the receipt", TaskState.InProgress, goal.Id, 5, dependsOn: [rates.Id]);
        await work.TaskAsync("Explain the tax on the help page", TaskState.Inbox, goal.Id, dependsOn: [show.Id, round.Id]);
        await work.TaskAsync("Translate the receipt", TaskState.Assigned, goal.Id);
        await work.TaskAsync("Replace the deprecated bundler", TaskState.Blocked, repository: "toolbox");
        await work.TaskAsync("Remove the unused feature flags of last year", TaskState.Inbox, repository: "toolbox");
        await work.SessionAsync(show, entries: [KernelWork.Said("I run the tests first.", ("run_shell", new { command = "npm test -- --watch=false" }))]);
        await work.SessionAsync(round, "review", AgentRole.Reviewer, KernelWork.Said("", ("git_diff", new { })));
    }
}
