using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;

namespace AgentOS.Studio.Tests.Goals;

/// <summary>A goal in the middle of its second plan.</summary>
internal static class GoalScene
{
    public static async Task<AgentTask> MakeAsync(KernelWork work)
    {
        var goal = await work.Tasks.CreateAsync(new("Show prices with tax in every country we ship to", TaskKind.Goal)
        {
            RepositoryId = (await work.RepositoryAsync()).Id, BudgetUsd = 5,
            Description = "Customers see **one** price, tax included:\n\n- in the basket\n- on the receipt\n\nThe rates come from `config/tax.json`.",
        });
        await work.DoAsync(goal, new TaskCommand.BeginGoal());
        var planning = await work.SessionAsync(goal, "plan", AgentRole.Orchestrator);
        var question = await work.Messages.SendAsync(new(MessageType.Question, "Is the rounding per line or per receipt?") { TaskId = goal.Id, SessionId = planning.Id, FromAgentId = planning.AgentId });
        await work.Messages.AnswerAsync(question.Id, "Per line, as the accountants do.");
        await work.Sessions.CloseAsync(planning.Id, "finished", "Four tasks: the rates first, then rounding and display beside each other.");
        var rates = await work.TaskAsync("Read the tax rates from the configuration", TaskState.Review, goal.Id);
        await CloseAsync(await work.SessionAsync(rates, "code"), "finished");
        await CloseAsync(await work.SessionAsync(rates, "review", AgentRole.Reviewer), "approved");
        rates = await work.LandedAsync(rates);
        var round = await work.TaskAsync("Round half to even, as the accountants want it", TaskState.Review, goal.Id, dependsOn: [rates.Id]);
        await CloseAsync(await work.SessionAsync(round, "code"), "finished");
        await CloseAsync(await work.SessionAsync(round, "review", AgentRole.Reviewer), "rejected");
        round = await work.DoAsync(round, new TaskCommand.SendBack(1, "verdict", "Half a cent is rounded up."));
        var show = await work.TaskAsync("Show prices with tax in the basket and on the receipt", TaskState.InProgress, goal.Id, dependsOn: [rates.Id]);
        await work.SessionAsync(show);
        await work.TaskAsync("Explain the tax on the help page", TaskState.Inbox, goal.Id, dependsOn: [show.Id, round.Id]);
        await work.TaskAsync("Ask the shop's lawyer", TaskState.Blocked, goal.Id);
        var part = await work.Tasks.CreateAsync(new("Translate everything that a customer reads", TaskKind.Goal) { ParentTaskId = goal.Id, RepositoryId = goal.RepositoryId });
        await work.DoAsync(part, new TaskCommand.BeginGoal());
        await work.TaskAsync("Translate the receipt", TaskState.Assigned, part.Id);
        await work.TaskAsync("Translate the help page", goal: part.Id);
        await work.Messages.SendAsync(new(MessageType.Question, "May the help page name the old prices?") { TaskId = goal.Id, FromAgentId = planning.AgentId });
        return await work.Tasks.GetAsync(goal.Id);

        Task<Session> CloseAsync(Session session, string outcome) => work.Sessions.CloseAsync(session.Id, outcome);
    }
}
