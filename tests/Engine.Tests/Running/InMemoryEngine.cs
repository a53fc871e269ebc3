using System.Text.Json;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.Execution;
using AgentOS.Engine.State;
using Elsa.Workflows;
using Elsa.Workflows.CommitStates;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.State;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Tests.Running;

/// <summary>The engine without a database: instances live in a dictionary, as the JSON that a database would hold, so that every burst starts from what was stored.</summary>
public sealed class InMemoryEngine : ICommitStateHandler, IDisposable
{
    private readonly Dictionary<string, WorkflowGraph> _graphs = [];
    private readonly ServiceProvider _services;
    private int _started;

    public InMemoryEngine(Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ICommitStateHandler>(this);
        services.AddSingleton<IStandardOutStreamProvider>(new StandardOutStreamProvider(Output));
        configure?.Invoke(services);
        services.AddEngineCore();
        _services = services.BuildServiceProvider();
    }

    public StringWriter Output { get; } = new();
    public List<InstanceRecord> Instances { get; } = [];
    public int Commits { get; private set; }
    public IServiceProvider Services => _services;

    /// <summary>Stops writing after this many commits, as a node does that dies.</summary>
    public int? DiesAfterCommits { get; set; }

    public WorkflowGraph Define(JsonElement model)
    {
        var id = model.GetProperty("definitionId").GetString()!;
        var graph = _services.GetRequiredService<DefinitionReader>().Read(model, new WorkflowIdentity(id, 1, id + "-1"));
        _services.GetRequiredService<CompositeActivities>().Add(model, graph.Workflow.Identity);
        return _graphs[id] = graph;
    }

    public WorkflowGraph Define(string json) => Define(JsonElement.Parse(json));

    public async Task<InstanceRecord> StartAsync(string definitionId, IDictionary<string, object>? input = null)
    {
        var (graph, options) = (_graphs[definitionId], new RunWorkflowOptions { WorkflowInstanceId = _services.GetRequiredService<IIdentityGenerator>().GenerateId(), Input = input });
        var record = new InstanceRecord(options.WorkflowInstanceId, graph, ++_started);
        Instances.Add(record);
        await RunAsync(runner => runner.RunAsync(graph, options));
        return record;
    }

    /// <summary>Goes on where the last commit left the instance.</summary>
    public Task RecoverAsync(InstanceRecord record) => RunAsync(runner => runner.RunAsync(record.Graph, record.State, new RunWorkflowOptions()));

    private async Task RunAsync(Func<IWorkflowRunner, Task<RunWorkflowResult>> run)
    {
        try
        {
            await run(_services.GetRequiredService<IWorkflowRunner>());
        }
        catch (CommitFailedException) when (DiesAfterCommits is not null)
        {
        }
    }

    public Task CommitAsync(WorkflowExecutionContext workflowExecutionContext, CancellationToken cancellationToken = default) =>
        CommitAsync(workflowExecutionContext, _services.GetRequiredService<IWorkflowStateExtractor>().Extract(workflowExecutionContext), cancellationToken);

    public Task CommitAsync(WorkflowExecutionContext workflowExecutionContext, WorkflowState workflowState, CancellationToken cancellationToken = default)
    {
        if (DiesAfterCommits is { } limit && Commits >= limit) throw new CommitFailedException("The node is gone.");
        Commits++;
        Instances.Single(x => x.Id == workflowState.Id).Store(workflowExecutionContext.TakeDelta(), WorkflowStateJson.Serialize(workflowState));
        return Task.CompletedTask;
    }

    public void Dispose() => _services.Dispose();
}
