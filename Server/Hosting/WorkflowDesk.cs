using AgentOS.Activities.Heartbeat;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using AgentOS.Kernel.Workflows;

namespace AgentOS.Server.Hosting;

/// <summary>Workflows with the tasks that they work on: what the engine and the kernel know each for itself.</summary>
internal sealed class WorkflowDesk(TaskStore tasks, IServiceProvider services)
{
    public static void Add(IServiceCollection services) => services.AddSingleton<WorkflowDesk>()
        .AddSingleton<ReadWorkflows>(provider => provider.GetRequiredService<WorkflowDesk>().ReadAsync)
        .AddSingleton<RetryWorkflow>(provider => provider.GetRequiredService<WorkflowDesk>().RetryAsync);

    private async Task<WorkflowOverview> ReadAsync(CancellationToken cancellation)
    {
        var (definitions, faults) = await EngineSetup.OverviewAsync(services, cancellation);
        var known = await tasks.FindManyAsync([.. faults.Select(fault => TaskOf(fault.CorrelationId)).OfType<Guid>()], cancellation);
        return new(definitions, [.. faults.Select(fault => known.Find(task => task.Id == TaskOf(fault.CorrelationId)) is { } task
            ? fault.Workflow with { TaskId = task.Id, TaskTitle = task.Title, IsGoal = task.Kind == TaskKind.Goal, TaskState = task.Status }
            : fault.Workflow)]);
    }

    private async Task<string> RetryAsync(string instance, CancellationToken cancellation)
    {
        if (await RetryTaskAsync(instance, cancellation) is { } done) return done;
        await EngineSetup.RetryAsync(services, instance, cancellation);
        return "The steps that faulted run again.";
    }

    /// <summary>Retries the task or goal that an instance of the loop worked on until it faulted: what it left is another's to go on with.</summary>
    /// <returns>What was done, as a sentence; null: the instance worked on none, or still does.</returns>
    /// <exception cref="NotFoundException">There is no such instance.</exception>
    /// <exception cref="RefusedException">The task is not held up by it.</exception>
    public async Task<string?> RetryTaskAsync(string instance, CancellationToken cancellation)
    {
        var (definition, correlation) = await EngineSetup.FindAsync(services, instance, cancellation);
        // Other workflows may be about a task without being what works on it.
        if (definition is not ("task" or "goal") || TaskOf(correlation) is not { } id || await tasks.FindAsync(id, cancellation) is not { } task) return null;
        if (task.WorkflowInstanceId == instance)
        {
            // It faulted a moment ago, perhaps, and nobody has heard of it.
            await using (var scope = services.CreateAsyncScope()) await scope.ServiceProvider.GetRequiredService<Duties>().TakeBackFromAsync(instance, cancellation);
            task = await tasks.GetAsync(id, cancellation);
            if (task.WorkflowInstanceId == instance && task.Hold is null) return null;
        }
        if (task.Status != TaskState.Blocked) throw new RefusedException($"'{task.Title}' is {task.Status.Word().Replace('_', ' ')}: it is not held up by this instance any more.");
        await tasks.RetryAsync(task.Id, cancellation: cancellation);
        return $"'{task.Title}' is retried, with an instance of its own.";
    }

    private static Guid? TaskOf(string? correlation) => Guid.TryParse(correlation, out var id) ? id : null;
}

/// <summary>A faulted instance, and what it belongs to.</summary>
internal sealed record Fault(FaultedWorkflow Workflow, string? CorrelationId);
