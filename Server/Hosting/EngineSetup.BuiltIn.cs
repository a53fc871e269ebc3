using System.Text.Json;
using AgentOS.Activities;
using AgentOS.Activities.Heartbeat;
using AgentOS.Engine;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.Hosting;
using AgentOS.Engine.Runtime.Instances;
using AgentOS.Engine.Runtime.Hosting;
using AgentOS.Engine.Services;
using AgentOS.Kernel.Tasks;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Health;
using AgentOS.Kernel.Workflows;
using AgentOS.Server.Cli.Workflows;
using AgentOS.Server.Hosting.Access;

namespace AgentOS.Server.Hosting;

/// <summary>Our own workflow engine in this host. What this file knows of it, nothing else does; EngineSetup.Elsa.cs is its counterpart.</summary>
internal static class EngineSetup
{
    public static void AddEngine(this IServiceCollection services, ServerSettings settings, ServerDatabase database) => services.AddWorkflowEngine(engine =>
    {
        engine.DataSource = database.DataSource;
        engine.WorkflowsFolder = Installation.Find().Workflows;
        engine.OutgoingHttp.Allowed = settings.WorkflowHosts;
        engine.Faulted = (services, instance, stop) => services.GetRequiredService<Duties>().TakeBackFromAsync(instance, stop);
        engine.Retry = RetryInsteadAsync;
        engine.Retention.Policies = [.. settings.Retention.Select(rule => new RetentionPolicy(rule.Age, rule.Ending, rule.Definition))];
        engine.Retention.Needed = async (services, instances, stop) => await services.GetRequiredService<TaskStore>().WorkflowsInUseAsync(instances, stop);
        engine.RunWork = settings.Role is null or "worker" or "orchestrator" or "reviewer";
    }).AddSingleton(new ActivityAssembly(typeof(AgentOSActivities).Assembly));

    /// <summary>The published definitions with what runs of them, and what faulted last.</summary>
    public static async Task<(IReadOnlyList<WorkflowGlance> Definitions, IReadOnlyList<Fault> Faults)> OverviewAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var report = services.GetRequiredService<EngineReport>();
        var (definitions, faults) = (await report.DefinitionsAsync(cancellation), await report.FaultedAsync(cancellationToken: cancellation));
        return ([.. definitions.Select(one => new WorkflowGlance(one.DefinitionId, one.Name ?? one.DefinitionId, one.Description, one.Version, one.Running, one.Suspended, one.Faulted))],
            [.. faults.Select(one => new Fault(new(one.Id, one.DefinitionId, one.Name, one.At, one.Incident?.Message ?? "", one.Incident?.ActivityId), one.CorrelationId))]);
    }

    /// <summary>What an instance is of, and what it belongs to.</summary>
    /// <exception cref="NotFoundException">There is no such instance.</exception>
    public static async Task<(string DefinitionId, string? CorrelationId)> FindAsync(IServiceProvider services, string instance, CancellationToken cancellation) =>
        await services.GetRequiredService<InstanceStore>().FindAsync(instance, cancellation) is var (found, _) ? (found.DefinitionId, found.CorrelationId) : throw new NotFoundException("workflow instance", instance);

    /// <summary>Has the steps of an instance that faulted run again.</summary>
    /// <exception cref="RefusedException">It has none, or runs.</exception>
    public static async Task RetryAsync(IServiceProvider services, string instance, CancellationToken cancellation)
    {
        if ((await services.GetRequiredService<InstanceRetry>().RetryAsync(instance, null, cancellation)).Refusal is { } refusal) throw new RefusedException(refusal);
    }

    // The task of an instance goes on by another: were this one to run again, two would work on it.
    private static async Task<RetryOutcome?> RetryInsteadAsync(IServiceProvider services, string instance, CancellationToken cancellation)
    {
        try
        {
            return await services.GetRequiredService<WorkflowDesk>().RetryTaskAsync(instance, cancellation) is { } done ? new([], null, done) : null;
        }
        catch (Exception refused) when (refused is RefusedException or NotFoundException)
        {
            return new([], refused.Message);
        }
    }

    /// <summary>Nodes and queues.</summary>
    public static async Task<EngineHealth> LookAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var report = services.GetRequiredService<EngineReport>();
        var (queues, nodes) = (await report.QueuesAsync(cancellation), await report.NodesAsync(cancellation));
        return new([.. nodes.Select(node => new EngineNode(node.Id, node.Name, node.StartedAt, node.AliveUntil, node.IsAlive))],
            [
                new("Steps that no node has taken", queues.Ready, queues.OldestReady), new("Steps at work", queues.Taken), new("Waiting points (bookmarks)", queues.Bookmarks),
                new("Events that nobody waited for yet", queues.EarlyEvents), new("Timers that are late", queues.LateTimers),
            ]);
    }

    /// <summary>Elsa's API, and HTTP triggers for whoever came past the host's own check of callers.</summary>
    public static void UseEngine(this WebApplication app)
    {
        app.UseWorkflowHttpTriggers();
        app.MapWorkflowEngineApi();
        app.MapElsaIdentity();
    }

    /// <summary>What looks for mistakes in definitions, without a server. Definitions that are given together may use each other as activities.</summary>
    public static Func<JsonElement, IReadOnlyList<WorkflowMistake>> Validator(IEnumerable<JsonElement> together)
    {
        var services = new ServiceCollection().AddSingleton(new ActivityAssembly(typeof(AgentOSActivities).Assembly)).AddEngineCore().BuildServiceProvider();
        var composites = services.GetRequiredService<CompositeActivities>();
        foreach (var (index, definition) in together.Index())
        {
            try
            {
                composites.Add(definition, new($"{index}", 1, $"{index}-1"));
            }
            catch (InvalidDefinitionException)
            {
                // Looked at itself, it says why.
            }
        }
        return definition => [.. services.GetRequiredService<DefinitionValidator>().Check(definition).Select(mistake => new WorkflowMistake(mistake.Activity, mistake.Message))];
    }
}
