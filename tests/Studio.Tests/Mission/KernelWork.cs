using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Log;
using AgentOS.Kernel.Merging;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentOS.Studio.Tests.Mission;

/// <summary>Work as agents would leave it behind, made through the kernel's stores: the same rows, log entries and notifications.</summary>
internal sealed class KernelWork(IServiceProvider services)
{
    private int _shas;

    public TaskStore Tasks => Get<TaskStore>();
    public AgentStore Agents => Get<AgentStore>();
    public SessionStore Sessions => Get<SessionStore>();
    public MessageStore Messages => Get<MessageStore>();
    public EvidenceStore Evidence => Get<EvidenceStore>();
    public MergeStore Merges => Get<MergeStore>();
    public ModelCallStore Calls => Get<ModelCallStore>();
    public RepositoryStore Repositories => Get<RepositoryStore>();
    public ActivityLog Log => Get<ActivityLog>();

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>Rows by the hundred, which the stores would make one by one.</summary>
    public async Task SqlAsync(string sql)
    {
        await using var command = Get<NpgsqlDataSource>().CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A commit that nobody has.</summary>
    public string Sha() => (0xA0000 + Interlocked.Increment(ref _shas)).ToString("x40", null);

    public Task<Repository> RepositoryAsync(string name = "webshop") => Repositories.EnsureAsync($"/repositories/{name}", name, "main");

    /// <summary>A goal that is being worked on.</summary>
    public async Task<AgentTask> GoalAsync(string title, decimal? budget = null, string repository = "webshop")
    {
        var goal = await Tasks.CreateAsync(new(title, TaskKind.Goal) { RepositoryId = (await RepositoryAsync(repository)).Id, BudgetUsd = budget });
        return (await Tasks.DoAsync(goal.Id, new TaskCommand.BeginGoal())).Task;
    }

    /// <summary>A task that has come as far as <paramref name="state"/>: by a worker of its own, so that any number can be under way.</summary>
    public async Task<AgentTask> TaskAsync(string title, TaskState state = TaskState.Inbox, Guid? goal = null, int priority = 0, string? description = null, string repository = "webshop", params Guid[] dependsOn)
    {
        var task = await Tasks.CreateAsync(new(title) { RepositoryId = (await RepositoryAsync(repository)).Id, ParentTaskId = goal, Priority = priority, Description = description, DependsOn = dependsOn });
        if (state == TaskState.Inbox) return task;
        if (state == TaskState.Cancelled)
        {
            await Tasks.CancelAsync(task.Id, "a test cancelled it");
            return await Tasks.GetAsync(task.Id);
        }

        if (state == TaskState.Blocked) return await DoAsync(task, new TaskCommand.Block("The test suite cannot be started: npm is not installed."));
        var worker = await Agents.CreateAsync($"worker-{task.Id.ToString("N")[^6..]}", AgentRole.Worker, "demo/model");
        task = await DoAsync(task, new TaskCommand.Assign(worker.Id));
        if (state == TaskState.Assigned) return task;
        (await Agents.ClaimWorkerAsync(task.Id)).ShouldBeOfType<WorkerClaim.Claimed>();
        task = await DoAsync(await Tasks.GetAsync(task.Id), new TaskCommand.Prepare($"agentos/{task.Id.ToString("N")[^8..]}", Sha()));
        if (state == TaskState.InProgress) return task;
        task = await DoAsync(task, new TaskCommand.Submit(Sha(), "It is done as the task says."));
        return state == TaskState.Review ? task : await LandedAsync(task);
    }

    public async Task<AgentTask> DoAsync(AgentTask task, TaskCommand command) => (await Tasks.DoAsync(task.Id, command)).Task;

    /// <summary>A running session of the task's worker, with these entries.</summary>
    public async Task<Session> SessionAsync(AgentTask task, string purpose = "code", AgentRole role = AgentRole.Worker, params NewEntry[] entries)
    {
        var session = await Sessions.OpenAsync(new(role, purpose, task.Id, task.Attempt) { AgentId = role == AgentRole.Worker ? task.AssigneeId : null, Model = "demo/model" });
        if (entries.Length > 0) (await Sessions.AppendAsync(session.Id, session.EntryCount, entries)).ShouldNotBeNull();
        return await Sessions.GetAsync(session.Id);
    }

    /// <summary>What a model said, with the tools it calls.</summary>
    public static NewEntry Said(string text, params (string Name, object Arguments)[] calls) => NewEntry.Of("assistant", new
    {
        kind = "assistant", text, model = "demo/model",
        toolCalls = calls.Select((call, i) => new { id = $"call-{i}", name = call.Name, arguments = System.Text.Json.JsonSerializer.Serialize(call.Arguments) }).ToArray(),
    });

    /// <summary>What a tool answered.</summary>
    public static NewEntry Answered(string tool, string text, string callId = "call-0") => NewEntry.Of("tool", new { kind = "tool", callId, tool, text });

    /// <summary>Approved by a judge, tested and merged.</summary>
    public async Task<AgentTask> LandedAsync(AgentTask task)
    {
        const string queue = "test";
        await Evidence.RecordAsync(new(task.Id, EvidenceKind.Test, task.HeadSha!, true) { Command = "npm test", ExitCode = 0, Log = "8 tests passed" });
        await Evidence.RecordAsync(new(task.Id, EvidenceKind.Verdict, task.HeadSha!, true) { Model = "demo/model", Feedback = "It does what the task says." });
        await Merges.EnqueueAsync(task.Id, task.HeadSha!);
        var batch = (await Merges.TakeBatchAsync(task.RepositoryId!.Value, queue)).ShouldBeOfType<BatchClaim.Taken>().Batch;
        var (commit, tree) = (Sha(), Sha());
        await Merges.RecordTestAsync(batch.Id, queue, new(Sha(), tree, commit, true, 0, "npm test", "8 tests passed", TimeSpan.FromSeconds(2)));
        (await Merges.BeginLandingAsync(batch.Id, queue)).ShouldBeTrue();
        await Merges.LandAsync(batch.Id, commit, tree);
        return await Tasks.GetAsync(task.Id);
    }
}
