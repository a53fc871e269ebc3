using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Lessons;
using AgentOS.Kernel.Log;
using AgentOS.Kernel.Merging;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Kernel.Notifications;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Schedules;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentOS.Kernel.Tests;

/// <summary>A fresh database for each test, the stores over it, and short ways to the usual beginnings.</summary>
public abstract class KernelTest : IAsyncLifetime
{
    private TestDatabase? _database;
    private ServiceProvider? _services;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;
    protected NpgsqlDataSource Database => _database!.DataSource;
    protected string ConnectionString => _database!.ConnectionString;
    protected TaskStore Tasks => Get<TaskStore>();
    protected AgentStore Agents => Get<AgentStore>();
    protected SessionStore Sessions => Get<SessionStore>();
    protected MessageStore Messages => Get<MessageStore>();
    protected ScheduleStore Schedules => Get<ScheduleStore>();
    protected EvidenceStore Evidence => Get<EvidenceStore>();
    protected MergeStore Merges => Get<MergeStore>();
    protected ModelCallStore Calls => Get<ModelCallStore>();
    protected LessonStore Lessons => Get<LessonStore>();
    protected RepositoryStore Repositories => Get<RepositoryStore>();
    protected ActivityLog Log => Get<ActivityLog>();
    protected KernelNotifications Notifications => Get<KernelNotifications>();

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _services = new ServiceCollection().AddKernel(_database.DataSource).BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services!.DisposeAsync();
        await _database!.DisposeAsync();
    }

    protected static string Sha(int number) => number.ToString("x40", null);

    protected Task<Repository> RepositoryAsync(string name = "sample") => Repositories.EnsureAsync($"/repositories/{name}", name, "main", cancellation: Token);

    protected Task<IReadOnlyList<Agent>> TeamAsync(int workers = 3) => Agents.EnsureDefaultsAsync(workers, _ => "model", Token);

    protected async Task<AgentTask> TaskAsync(string title = "Task", int priority = 0, Guid? goal = null, params Guid[] dependsOn) =>
        await Tasks.CreateAsync(new(title) { RepositoryId = (await RepositoryAsync()).Id, Priority = priority, ParentTaskId = goal, DependsOn = dependsOn }, Token);

    protected async Task<AgentTask> GoalAsync(string title = "Goal", decimal? budget = null, Guid? parent = null)
    {
        var goal = await Tasks.CreateAsync(new(title, TaskKind.Goal) { RepositoryId = (await RepositoryAsync()).Id, BudgetUsd = budget, ParentTaskId = parent }, Token);
        return (await Tasks.DoAsync(goal.Id, new TaskCommand.BeginGoal(), cancellation: Token)).Task;
    }

    protected async Task<AgentTask> ClaimedAsync(AgentTask task)
    {
        (await Agents.ClaimWorkerAsync(task.Id, cancellation: Token)).ShouldBeOfType<WorkerClaim.Claimed>();
        return await Tasks.GetAsync(task.Id, Token);
    }

    /// <summary>In review with a head, approved by a judge.</summary>
    protected async Task<AgentTask> ApprovedAsync(AgentTask task, string head)
    {
        await ClaimedAsync(task);
        await Tasks.DoAsync(task.Id, new TaskCommand.Submit(head), cancellation: Token);
        await Evidence.RecordAsync(new(task.Id, EvidenceKind.Verdict, head, true), Token);
        return await Tasks.GetAsync(task.Id, Token);
    }

    protected async Task<List<string>> EventsAsync(Guid task) => [.. (await Log.PageAsync(new() { TaskId = task }, cancellation: Token)).Select(entry => entry.EventType)];

    /// <summary>Runs SQL as anyone with the application's connection could.</summary>
    protected async Task SqlAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Token);
    }

    protected async Task<PostgresException> RefusedSqlAsync(string sql) => await Should.ThrowAsync<PostgresException>(() => SqlAsync(sql));

    protected T Get<T>() where T : notnull => _services!.GetRequiredService<T>();
}
