using System.Runtime.CompilerServices;
using AgentOS.Engine.Execution;
using Elsa.Common.Models;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Management;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.Runtime.Requests;
using Elsa.Workflows.Runtime.Stimuli;

namespace Elsa.Workflows.Management
{
    /// <summary>Finds workflows that can be run.</summary>
    public interface IWorkflowDefinitionService
    {
        Task<WorkflowGraph?> FindWorkflowGraphAsync(string definitionId, VersionOptions versionOptions, CancellationToken cancellationToken = default);
    }
}

namespace Elsa.Workflows.Runtime
{
    /// <summary>How a child workflow ended.</summary>
    public class ExecuteWorkflowResult
    {
        public string? WorkflowDefinitionVersionId { get; set; }
        public string WorkflowInstanceId { get; set; } = null!;
        public string? CorrelationId { get; set; }
        public WorkflowStatus Status { get; set; }
        public WorkflowSubStatus SubStatus { get; set; }
        public IDictionary<string, object>? Output { get; set; }
    }
}

namespace Elsa.Workflows.Runtime.Activities
{
    /// <summary>Has another workflow started, on any node, and waits for its end if it is told to.</summary>
    [Activity("Elsa", "Composition", "Has another workflow started.")]
    public class DispatchWorkflow : Activity<object>
    {
        public DispatchWorkflow([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

        [Input(DisplayName = "Workflow definition", Description = "The workflow to start.", UIHint = "workflow-definition-picker")]
        public Input<string> WorkflowDefinitionId { get; set; } = null!;

        [Input(DisplayName = "Correlation ID", Description = "Of the new instance.")]
        public Input<string?> CorrelationId { get; set; } = null!;

        [Input(Description = "The input of the workflow.")]
        public Input<IDictionary<string, object>?> Input { get; set; } = null!;

        [Input(Description = "Whether to wait for its end.")]
        public Input<bool> WaitForCompletion { get; set; } = null!;

        [Input(Description = "Kept for the sake of definitions that set it.", Category = "Open Telemetry")]
        public Input<bool> StartNewTrace { get; set; } = null!;

        [Input(DisplayName = "Channel", Description = "Kept for the sake of definitions that set it: there is one queue.", UIHint = "dropdown", Options = new[] { "" })]
        public Input<string?> ChannelName { get; set; } = null!;

        protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
        {
            var wait = WaitForCompletion.GetOrDefault(context);
            var id = await Children.DispatchAsync(context, context.Get(WorkflowDefinitionId), CorrelationId.GetOrDefault(context), Input.GetOrDefault(context), wait ? "Elsa.DispatchWorkflow" : null);
            if (wait) context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new DispatchWorkflowStimulus(id), Callback = OnChildWorkflowCompletedAsync });
            else await context.CompleteActivityAsync();
        }

        private async ValueTask OnChildWorkflowCompletedAsync(ActivityExecutionContext context)
        {
            context.SetResult(context.WorkflowInput.TryGetValue("WorkflowOutput", out var output) ? output : null);
            await context.CompleteActivityAsync();
        }
    }

    /// <summary>Runs another workflow here, and waits for its end if it does not end at once.</summary>
    [Activity("Elsa", "Composition", "Runs another workflow.", Kind = ActivityKind.Task)]
    public class ExecuteWorkflow : Activity<ExecuteWorkflowResult>
    {
        private const string ChildId = "ChildInstanceId";

        public ExecuteWorkflow([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

        [Input(DisplayName = "Workflow definition", Description = "The workflow to run.", UIHint = "workflow-definition-picker")]
        public Input<string> WorkflowDefinitionId { get; set; } = null!;

        [Input(DisplayName = "Correlation ID", Description = "Of the new instance.")]
        public Input<string?> CorrelationId { get; set; } = null!;

        [Input(Description = "The input of the workflow.")]
        public Input<IDictionary<string, object>?> Input { get; set; } = null!;

        [Input(Description = "Whether to wait when it does not end at once.")]
        public Input<bool> WaitForCompletion { get; set; } = null!;

        protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
        {
            var graph = await Children.FindAsync(context, context.Get(WorkflowDefinitionId));
            var wait = WaitForCompletion.GetOrDefault(context);
            var childId = context.GetProperty<string>(ChildId);
            var again = childId is not null;
            if (!again)
            {
                // Known before the child exists: a run that is repeated after a crash finds the child instead of starting a second one.
                context.SetProperty(ChildId, childId = context.WorkflowExecutionContext.IdentityGenerator.GenerateId());
                await context.WorkflowExecutionContext.CommitAsync();
            }

            var client = await context.GetRequiredService<IWorkflowRuntime>().CreateClientAsync(childId, context.CancellationToken);
            var result = again && await client.InstanceExistsAsync(context.CancellationToken)
                ? Children.ToResult(await client.ExportStateAsync(context.CancellationToken))
                : Children.ToResult(await client.CreateAndRunInstanceAsync(Request(context, graph, wait), context.CancellationToken), CorrelationId.GetOrDefault(context));
            if (wait && result.Status == WorkflowStatus.Running)
            {
                context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new ExecuteWorkflowStimulus(childId!), Callback = OnChildWorkflowCompletedAsync });
                return;
            }

            context.SetResult(result);
            await context.CompleteActivityAsync();
        }

        private CreateAndRunWorkflowInstanceRequest Request(ActivityExecutionContext context, WorkflowGraph graph, bool wait) => new()
        {
            WorkflowDefinitionHandle = WorkflowDefinitionHandle.ByDefinitionVersionId(graph.Workflow.Identity.Id),
            CorrelationId = CorrelationId.GetOrDefault(context),
            Input = Children.InputOf(context, Input.GetOrDefault(context)),
            Properties = wait ? new Dictionary<string, object> { [Children.WaitProperty] = "Elsa.ExecuteWorkflow" } : null,
            ParentId = context.WorkflowExecutionContext.Id,
            IncludeWorkflowOutput = true,
            SchedulingActivityExecutionId = context.Id,
            SchedulingWorkflowInstanceId = context.WorkflowExecutionContext.Id,
            SchedulingCallStackDepth = context.CallStackDepth
        };

        private async ValueTask OnChildWorkflowCompletedAsync(ActivityExecutionContext context)
        {
            context.SetResult(Children.ToResult(context.WorkflowInput));
            await context.CompleteActivityAsync();
        }
    }

    /// <summary>What activities that start other workflows have in common.</summary>
    internal static class Children
    {
        /// <summary>Property of a child: the stimulus that its parent waits for when it ends.</summary>
        public const string WaitProperty = "WaitForCompletion";

        public static async ValueTask<WorkflowGraph> FindAsync(ActivityExecutionContext context, string? definitionId) =>
            await context.GetRequiredService<IWorkflowDefinitionService>().FindWorkflowGraphAsync(definitionId ?? "", VersionOptions.Published, context.CancellationToken)
            ?? throw new ActivityException($"No published version of workflow definition with ID {definitionId} found.");

        public static async ValueTask<string> DispatchAsync(ActivityExecutionContext context, string? definitionId, string? correlationId, IDictionary<string, object>? input, string? waitFor,
            IDictionary<string, object>? properties = null)
        {
            var graph = await FindAsync(context, definitionId);
            properties = properties is null ? [] : new Dictionary<string, object>(properties);
            if (waitFor is not null) properties[WaitProperty] = waitFor;
            var id = context.WorkflowExecutionContext.IdentityGenerator.GenerateId();
            var response = await context.GetRequiredService<IWorkflowDispatcher>().DispatchAsync(new DispatchWorkflowDefinitionRequest(graph.Workflow.Identity.Id)
            {
                ParentWorkflowInstanceId = context.WorkflowExecutionContext.Id,
                Input = InputOf(context, input),
                Properties = properties,
                CorrelationId = correlationId,
                InstanceId = id,
                SchedulingActivityExecutionId = context.Id,
                SchedulingWorkflowInstanceId = context.WorkflowExecutionContext.Id,
                SchedulingCallStackDepth = context.CallStackDepth
            }, null, context.CancellationToken);
            response.ThrowIfFailed();
            return id;
        }

        public static Dictionary<string, object> InputOf(ActivityExecutionContext context, IDictionary<string, object>? input) =>
            new(input ?? new Dictionary<string, object>()) { ["ParentInstanceId"] = context.WorkflowExecutionContext.Id };

        public static ExecuteWorkflowResult ToResult(RunWorkflowInstanceResponse response, string? correlationId) => new()
        {
            WorkflowInstanceId = response.WorkflowInstanceId, CorrelationId = correlationId,
            Status = response.Status, SubStatus = response.SubStatus, Output = response.Output
        };

        public static ExecuteWorkflowResult ToResult(State.WorkflowState state) => new()
        {
            WorkflowInstanceId = state.Id, CorrelationId = state.CorrelationId,
            Status = state.Status, SubStatus = state.SubStatus, Output = state.Output
        };

        public static ExecuteWorkflowResult ToResult(IDictionary<string, object> input)
        {
            return new()
            {
                WorkflowDefinitionVersionId = Text("WorkflowDefinitionVersionId"), WorkflowInstanceId = Text("WorkflowInstanceId") ?? "", CorrelationId = Text("CorrelationId"),
                Status = Enum.TryParse<WorkflowStatus>(Text("WorkflowStatus"), out var status) ? status : WorkflowStatus.Finished,
                SubStatus = Enum.TryParse<WorkflowSubStatus>(Text("WorkflowSubStatus"), out var subStatus) ? subStatus : WorkflowSubStatus.Finished,
                Output = input.TryGetValue("WorkflowOutput", out var output) ? output as IDictionary<string, object> : null
            };

            string? Text(string key) => input.TryGetValue(key, out var value) ? value?.ToString() : null;
        }
    }
}
