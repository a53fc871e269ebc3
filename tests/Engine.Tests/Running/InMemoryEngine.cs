using System.Text.Json;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.Execution;
using AgentOS.Engine.State;
using Elsa.Common.Models;
using Elsa.Workflows;
using Elsa.Workflows.CommitStates;
using Elsa.Workflows.Management;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Activities;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.Runtime.Requests;
using Elsa.Workflows.Runtime.Responses;
using Elsa.Workflows.Runtime.Stimuli;
using Elsa.Workflows.State;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Tests.Running;

/// <summary>
/// The engine without a database: instances live in a dictionary, as the JSON that a database would hold, so that every burst starts from what was stored.
/// What activities ask of the outside is done when the burst has been committed, one thing after the other.
/// </summary>
public sealed class InMemoryEngine : ICommitStateHandler, IEventPublisher, IWorkflowDispatcher, IWorkflowDefinitionService, IWorkflowRuntime, IDisposable
{
    private readonly Dictionary<string, WorkflowGraph> _graphs = [];
    private readonly Queue<Func<Task>> _outbox = new();
    private readonly ServiceProvider _services;
    private int _started;

    public InMemoryEngine(Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ICommitStateHandler>(this);
        services.AddSingleton<IEventPublisher>(this);
        services.AddSingleton<IWorkflowDispatcher>(this);
        services.AddSingleton<IWorkflowDefinitionService>(this);
        services.AddSingleton<IWorkflowRuntime>(this);
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

    public async Task<InstanceRecord> StartAsync(string definitionId, IDictionary<string, object>? input = null, string? triggerActivityId = null, RunWorkflowOptions? options = null)
    {
        var record = await BeginAsync(_graphs[definitionId], options ?? new RunWorkflowOptions { Input = input, TriggerActivityId = triggerActivityId });
        await DrainAsync();
        return record;
    }

    public async Task EventAsync(string name, object? payload = null, string? correlationId = null, string? instanceId = null)
    {
        await PublishAsync(name, correlationId, instanceId, payload: payload);
        await DrainAsync();
    }

    /// <summary>Goes on at a bookmark of an activity.</summary>
    public async Task ResumeAsync(InstanceRecord record, string activityId, IDictionary<string, object>? input = null)
    {
        var bookmark = record.State.Bookmarks.First(x => x.ActivityId == activityId);
        await ContinueAsync(record, new RunWorkflowOptions { BookmarkId = bookmark.Id, Input = input });
        await DrainAsync();
    }

    /// <summary>Goes on where the last commit left the instance.</summary>
    public async Task RecoverAsync(InstanceRecord record)
    {
        await ContinueAsync(record, new RunWorkflowOptions());
        await DrainAsync();
    }

    private async Task<InstanceRecord> BeginAsync(WorkflowGraph graph, RunWorkflowOptions options)
    {
        options.WorkflowInstanceId ??= _services.GetRequiredService<IIdentityGenerator>().GenerateId();
        var record = new InstanceRecord(options.WorkflowInstanceId, graph, ++_started);
        Instances.Add(record);
        await RunAsync(runner => runner.RunAsync(graph, options));
        return record;
    }

    private Task ContinueAsync(InstanceRecord record, RunWorkflowOptions options) => RunAsync(runner => runner.RunAsync(record.Graph, record.State, options));

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

    private async Task DrainAsync()
    {
        while (_outbox.TryDequeue(out var work)) await work();
    }

    public Task CommitAsync(WorkflowExecutionContext workflowExecutionContext, CancellationToken cancellationToken = default) =>
        CommitAsync(workflowExecutionContext, _services.GetRequiredService<IWorkflowStateExtractor>().Extract(workflowExecutionContext), cancellationToken);

    public Task CommitAsync(WorkflowExecutionContext workflowExecutionContext, WorkflowState workflowState, CancellationToken cancellationToken = default)
    {
        if (DiesAfterCommits is { } limit && Commits >= limit) throw new CommitFailedException("The node is gone.");
        Commits++;
        Instances.Single(x => x.Id == workflowState.Id).Store(workflowExecutionContext.TakeDelta(), WorkflowStateJson.Serialize(workflowState));
        if (workflowState.Status == WorkflowStatus.Finished) ReportToParent(workflowState);
        return Task.CompletedTask;
    }

    private void ReportToParent(WorkflowState child)
    {
        if (child.ParentWorkflowInstanceId is not { } parentId || !child.Properties.TryGetValue("WaitForCompletion", out var wait)) return;
        _outbox.Enqueue(async () =>
        {
            var parent = Instances.Single(x => x.Id == parentId);
            var hasher = _services.GetRequiredService<IStimulusHasher>();
            var hash = child.Properties.TryGetValue("ParentStimulusHash", out var given) ? (string)given
                : hasher.Hash((string)wait, (string)wait == "Elsa.ExecuteWorkflow" ? new ExecuteWorkflowStimulus(child.Id) : new DispatchWorkflowStimulus(child.Id));
            if (parent.State.Bookmarks.FirstOrDefault(x => x.Hash == hash) is not { } bookmark) return;
            await ContinueAsync(parent, new RunWorkflowOptions
            {
                BookmarkId = bookmark.Id,
                Input = new Dictionary<string, object> { ["WorkflowOutput"] = child.Output, ["WorkflowStatus"] = child.Status.ToString(), ["WorkflowSubStatus"] = child.SubStatus.ToString() }
            });
        });
    }

    public Task PublishAsync(string eventName, string? correlationId = null, string? workflowInstanceId = null, string? activityInstanceId = null, object? payload = null,
        bool asynchronous = false, CancellationToken cancellationToken = default)
    {
        var hash = _services.GetRequiredService<IStimulusHasher>().Hash("Elsa.Event", new EventStimulus(eventName));
        _outbox.Enqueue(async () =>
        {
            var input = payload is null ? null : new Dictionary<string, object> { [Event.EventInputWorkflowInputKey] = payload };
            foreach (var record in Instances.ToList())
            {
                if (workflowInstanceId is not null && record.Id != workflowInstanceId) continue;
                foreach (var bookmark in record.State.Bookmarks.Where(x => x.Hash == hash).ToList())
                    if (correlationId is null || record.State.CorrelationId == correlationId) await ContinueAsync(record, new RunWorkflowOptions { BookmarkId = bookmark.Id, Input = input });
            }

            if (workflowInstanceId is not null) return;
            foreach (var graph in _graphs.Values.ToList())
                foreach (var node in graph.Nodes.Where(x => x.Activity is Event { CanStartWorkflow: true } e && e.EventName.Expression?.Value as string == eventName))
                    await BeginAsync(graph, new RunWorkflowOptions { Input = input, TriggerActivityId = node.Activity.Id, CorrelationId = correlationId });
        });
        return Task.CompletedTask;
    }

    public Task<DispatchWorkflowResponse> DispatchAsync(DispatchWorkflowDefinitionRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default)
    {
        _outbox.Enqueue(() => BeginAsync(_graphs.Values.Single(x => x.Workflow.Identity.Id == request.DefinitionVersionId), new RunWorkflowOptions
        {
            WorkflowInstanceId = request.InstanceId, Input = request.Input, Properties = request.Properties, ParentWorkflowInstanceId = request.ParentWorkflowInstanceId, CorrelationId = request.CorrelationId
        }));
        return Task.FromResult(DispatchWorkflowResponse.Success());
    }

    public Task<DispatchWorkflowResponse> DispatchAsync(DispatchWorkflowInstanceRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    public Task<DispatchWorkflowResponse> DispatchAsync(DispatchTriggerWorkflowsRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    public Task<DispatchWorkflowResponse> DispatchAsync(DispatchResumeWorkflowsRequest request, DispatchWorkflowOptions? options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<WorkflowGraph?> FindWorkflowGraphAsync(string definitionId, VersionOptions versionOptions, CancellationToken cancellationToken = default) =>
        Task.FromResult(_graphs.GetValueOrDefault(definitionId));

    public ValueTask<IWorkflowClient> CreateClientAsync(CancellationToken cancellationToken = default) => CreateClientAsync(null, cancellationToken);

    public ValueTask<IWorkflowClient> CreateClientAsync(string? workflowInstanceId, CancellationToken cancellationToken = default) =>
        new(new Client(this, workflowInstanceId ?? _services.GetRequiredService<IIdentityGenerator>().GenerateId()));

    private sealed class Client(InMemoryEngine engine, string id) : IWorkflowClient
    {
        public string WorkflowInstanceId => id;

        public async Task<RunWorkflowInstanceResponse> CreateAndRunInstanceAsync(CreateAndRunWorkflowInstanceRequest request, CancellationToken cancellationToken = default)
        {
            var record = await engine.BeginAsync(engine._graphs.Values.Single(x => x.Workflow.Identity.Id == request.WorkflowDefinitionHandle.DefinitionVersionId), new RunWorkflowOptions
            {
                WorkflowInstanceId = id, Input = request.Input, Properties = request.Properties, ParentWorkflowInstanceId = request.ParentId, CorrelationId = request.CorrelationId
            });
            return new() { WorkflowInstanceId = id, Status = record.State.Status, SubStatus = record.State.SubStatus, Output = record.State.Output };
        }

        public Task<bool> InstanceExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(engine.Instances.Any(x => x.Id == id));
        public Task<WorkflowState> ExportStateAsync(CancellationToken cancellationToken = default) => Task.FromResult(engine.Instances.Single(x => x.Id == id).State);
        public Task<CreateWorkflowInstanceResponse> CreateInstanceAsync(CreateWorkflowInstanceRequest request, CancellationToken cancellationToken = default) => throw new NotSupportedException();
        public Task<RunWorkflowInstanceResponse> RunInstanceAsync(RunWorkflowInstanceRequest request, CancellationToken cancellationToken = default) => throw new NotSupportedException();
        public Task CancelAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
        public Task ImportStateAsync(WorkflowState workflowState, CancellationToken cancellationToken = default) => throw new NotSupportedException();
        public Task<bool> DeleteAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    public void Dispose() => _services.Dispose();
}
