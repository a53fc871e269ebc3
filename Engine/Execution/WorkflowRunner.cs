using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.State;

namespace AgentOS.Engine.Execution;

internal sealed class WorkflowRunner(IServiceProvider serviceProvider, EngineServices services, Interpreter interpreter, IWorkflowStateExtractor stateExtractor, IWorkflowGraphBuilder graphBuilder)
    : IWorkflowRunner
{
    public Task<RunWorkflowResult> RunAsync(IActivity activity, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(Workflow.FromActivity(activity), options, cancellationToken);

    public async Task<RunWorkflowResult> RunAsync(Workflow workflow, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default) =>
        await RunAsync(await graphBuilder.BuildAsync(workflow, cancellationToken), options, cancellationToken);

    public async Task<RunWorkflowResult> RunAsync(Workflow workflow, WorkflowState workflowState, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default) =>
        await RunAsync(await graphBuilder.BuildAsync(workflow, cancellationToken), workflowState, options, cancellationToken);

    public Task<RunWorkflowResult> RunAsync(WorkflowGraph workflowGraph, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default)
    {
        var context = Create(workflowGraph, options?.WorkflowInstanceId ?? services.IdentityGenerator.GenerateId(), options, cancellationToken);
        context.ScheduleWorkflow(options);
        return RunAsync(context);
    }

    public async Task<RunWorkflowResult> RunAsync(WorkflowGraph workflowGraph, WorkflowState workflowState, RunWorkflowOptions? options = null, CancellationToken cancellationToken = default)
    {
        var context = Create(workflowGraph, workflowState.Id, options, cancellationToken);
        await stateExtractor.ApplyAsync(context, workflowState);
        if (workflowState.Status == WorkflowStatus.Finished) return Result(context, workflowState);
        if (options?.Input is { } input)
            foreach (var pair in input) context.Input[pair.Key] = pair.Value;
        if (!Schedule(context, workflowState, options)) return Result(context, workflowState);
        return await RunAsync(context);
    }

    public async Task<RunWorkflowResult> RunAsync(WorkflowExecutionContext workflowExecutionContext)
    {
        var context = workflowExecutionContext;
        await interpreter.RunAsync(context);
        var state = stateExtractor.Extract(context);
        await services.CommitStateHandler.CommitAsync(context, state, context.CancellationToken);
        return Result(context, state);
    }

    /// <summary>Ends an instance that is not running now.</summary>
    public async Task<RunWorkflowResult> CancelAsync(WorkflowGraph workflowGraph, WorkflowState workflowState)
    {
        var context = Create(workflowGraph, workflowState.Id, null, CancellationToken.None);
        await stateExtractor.ApplyAsync(context, workflowState);
        context.Cancel();
        context.IsExecuting = false;
        var state = stateExtractor.Extract(context);
        await services.CommitStateHandler.CommitAsync(context, state, CancellationToken.None);
        return Result(context, state);
    }

    private static RunWorkflowResult Result(WorkflowExecutionContext context, WorkflowState state) => new(context, state, context.Workflow, context.LastResult, Journal.Empty);

    private WorkflowExecutionContext Create(WorkflowGraph graph, string id, RunWorkflowOptions? options, CancellationToken cancellationToken)
    {
        var context = new WorkflowExecutionContext(services, serviceProvider, graph, id, cancellationToken)
        {
            CorrelationId = options?.CorrelationId,
            ParentWorkflowInstanceId = options?.ParentWorkflowInstanceId,
            TriggerActivityId = options?.TriggerActivityId
        };
        if (options?.Input is { } input) context.Input = new Dictionary<string, object>(input);
        if (options?.Properties is { } properties) context.Properties = new Dictionary<string, object>(properties);
        return context;
    }

    // False: what was to be resumed is gone, so there is nothing to run.
    private static bool Schedule(WorkflowExecutionContext context, WorkflowState state, RunWorkflowOptions? options)
    {
        if (options?.BookmarkId is { Length: > 0 } bookmarkId)
            return context.Bookmarks.FirstOrDefault(x => x.Id == bookmarkId) is { } bookmark && context.ScheduleBookmark(bookmark, options.Input);

        if (options?.ActivityHandle is { } handle)
        {
            if (handle.ActivityInstanceId is { Length: > 0 } instanceId)
            {
                if (context.FindContext(instanceId) is not { } existing) return false;
                context.ScheduleExisting(existing, options.Input);
                return true;
            }

            if (context.FindActivity(handle) is not { } activity) return false;
            context.Schedule(context.FindNodeByActivity(activity)!, context.RootContext, new ScheduleWorkOptions { Input = options.Input });
            return true;
        }

        // Taken in the middle of a burst: it goes on where it was.
        if (context.Scheduler.HasAny) return true;
        if (state.ActivityExecutionContexts.Count > 0) return state.IsExecuting;
        context.ScheduleWorkflow(options);
        return true;
    }
}
