using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Tests.Mission;
using AgentOS.Testing.Git;

namespace AgentOS.Studio.Tests.Tasks;

/// <summary>A task in its second attempt and in review, on a repository that really is there.</summary>
internal sealed record TaskScene(AgentTask Task, Session Coding, Session Review, TestRepository Repository) : IDisposable
{
    public const string Log = "> npm test\n\u001b[32m7 passing\u001b[0m\n\u001b[31m1 failing\u001b[0m\n\n  Error: expected 1169, got 1170\n";

    public static async Task<TaskScene> MakeAsync(KernelWork work, string title = "Percentage discounts", string? said = null)
    {
        var repository = await TestRepository.CreateAsync(("src/discounts.js", "export function discount(total, percent) {\n  return total - total * percent / 100;\n}\n"), ("logo.png", "\0\u0001binary"));
        var start = await repository.HeadAsync();
        await repository.GitAsync("switch", "-q", "-c", "work");
        repository.Write("src/discounts.js", "export function discount(total, percent) {\n  return Math.round(total - total * percent / 100);\n}\n").Write("src/receipt.js", $"// {said ?? "new"}\nexport const receipt = 1;\n").Write("logo.png", "\0\u0002binary");
        var head = await repository.CommitAsync("Round to whole cents");
        await repository.GitAsync("switch", "-q", "main");

        var known = await work.Repositories.EnsureAsync(repository.Path, $"basket-{Guid.NewGuid():N}"[..14], "main");
        var goal = await work.Tasks.CreateAsync(new("Let shops run promotions", TaskKind.Goal) { RepositoryId = known.Id });
        await work.DoAsync(goal, new TaskCommand.BeginGoal());
        var task = await work.Tasks.CreateAsync(new(title) { RepositoryId = known.Id, ParentTaskId = goal.Id, BudgetUsd = 2, Description = said ?? "Discounts of **0 to 100** percent:\n\n- rounded once\n- with tests" });
        await work.Tasks.CreateAsync(new("Printable receipt") { RepositoryId = known.Id, ParentTaskId = goal.Id, DependsOn = [task.Id] });
        var worker = await work.Agents.CreateAsync($"worker-{task.Id.ToString("N")[^6..]}", AgentRole.Worker, "demo/model");
        await work.DoAsync(task, new TaskCommand.Assign(worker.Id));
        await work.Agents.ClaimWorkerAsync(task.Id);
        task = await work.DoAsync(task, new TaskCommand.Prepare("agentos/percentage-discounts", start, "/data/workspaces/tree"));
        await work.SessionAsync(task, entries: [NewEntry.Of("system", new { kind = "system", text = "You code." }), KernelWork.Said("It is done.")]);
        await work.Evidence.RecordAsync(new(task.Id, EvidenceKind.Test, work.Sha(), false) { Command = "npm test", ExitCode = 1, Log = Log, Attempt = 1, TreeSha = work.Sha(), Duration = TimeSpan.FromSeconds(7) });
        await CloseAsync(work, task, "code", "finished", "Percentages are taken off.");
        task = await work.DoAsync(task, new TaskCommand.SendBack(1, "checks", said ?? "`npm test` failed: the discount is rounded twice."));

        var coding = await work.SessionAsync(task, entries:
        [
            NewEntry.Of("system", new { kind = "system", text = "You are a careful developer." }), NewEntry.Of("user", new { kind = "user", text = said ?? "Fix the rounding." }),
            KernelWork.Said(said ?? "I run the tests first.", ("run_shell", new { command = said ?? "npm test" })), KernelWork.Answered("run_shell", (said ?? "8 passing") + "\n[exit code 1, 2.1 s]"),
            KernelWork.Said("Now it is whole.", ("finish", new { summary = "Rounded once." })),
        ]);
        await CallAsync(work, coding, 2, 0.012m);
        await CloseAsync(work, task, "code", "finished", said ?? "Rounded once.");
        task = await work.DoAsync(task, new TaskCommand.Submit(head, said ?? "The discount is rounded once."));
        await work.Evidence.RecordAsync(new(task.Id, EvidenceKind.Test, head, true) { Command = "npm test", ExitCode = 0, Log = "8 passing", Attempt = 2, TreeSha = work.Sha() });
        var review = await work.SessionAsync(task, "review", AgentRole.Reviewer, KernelWork.Said("I read the change.", ("git_diff", new { })));
        await work.Evidence.RecordAsync(new(task.Id, EvidenceKind.Verdict, head, false)
        {
            SessionId = review.Id, Attempt = 2, Feedback = said ?? "Half a cent is rounded up.", Findings = System.Text.Json.JsonSerializer.Serialize(new[] { new { file = "src/discounts.js", line = 2, message = said ?? "Round half to even.", severity = "error" } }),
        });
        await work.Messages.SendAsync(new(MessageType.Question, said ?? "Which way are half cents rounded?") { TaskId = task.Id, FromAgentId = worker.Id });
        await work.Messages.SendAsync(new(MessageType.Comment, said ?? "The accountants want half to even.") { TaskId = task.Id });
        return new(task, coding, review, repository);
    }

    public static async Task CallAsync(KernelWork work, Session session, int seq, decimal cost)
    {
        var started = (ModelCallStart.Started)await work.Calls.StartAsync(new($"{session.Id}:{seq}", "demo", "model", "{}", 0.05m) { SessionId = session.Id });
        await work.Calls.FinishAsync(started.Call.Id, new("{}", 2400, 310, cost) { CachedInputTokens = 1200, Duration = TimeSpan.FromSeconds(3) });
    }

    private static async Task CloseAsync(KernelWork work, AgentTask task, string purpose, string outcome, string summary) =>
        await work.Sessions.CloseAsync((await work.Sessions.FindAsync(task.Id, purpose, task.Attempt))!.Id, outcome, summary);

    public void Dispose() => Repository.Dispose();
}
