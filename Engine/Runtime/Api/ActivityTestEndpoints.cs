using System.Text.Json;
using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.State;
using Elsa.Common.Models;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.CommitStates;
using Elsa.Workflows.Models;
using Elsa.Workflows.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>/tests/activities: runs one activity of a definition by itself. Of its workflow nothing is kept; what the activity does elsewhere is done.</summary>
internal static class ActivityTestEndpoints
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public static void Map(RouteGroupBuilder api) => api.MapPost("/tests/activities", TestAsync);

    private static async Task<IResult> TestAsync(HttpContext http, DefinitionStore store, DefinitionCompiler compiler, IWorkflowGraphBuilder graphs)
    {
        var request = await ApiRequest.ReadAsync(http);
        if (await FindAsync(request, store, http.RequestAborted) is not { } row) return ApiResults.NotFound;
        // A graph of its own: the activity is taken out of it.
        var graph = compiler.Compile(row);
        if (graph.FindActivity(Handle(request)) is not { } activity) return ApiResults.NotFound;

        using var model = JsonDocument.Parse(row.Model, new() { MaxDepth = EngineJson.MaxDepth * 2 });
        SetTestValues(graph.Workflow, model.RootElement);
        var alone = Workflow.FromActivity(activity);
        alone.Identity = graph.Workflow.Identity;
        foreach (var variable in graph.Workflow.Variables) alone.Variables.Add(variable);
        foreach (var input in graph.Workflow.Inputs) alone.Inputs.Add(input);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limit.CancelAfter(Longest);
        await using var scope = http.RequestServices.CreateAsyncScope();
        try
        {
            var watch = new Watch(activity.Id);
            await Runner(scope.ServiceProvider, watch).RunAsync(await graphs.BuildAsync(alone, limit.Token), cancellationToken: limit.Token);
            return ApiResults.Json(writer => Write(writer, watch.Seen));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            throw new BadRequestException($"The activity was stopped after {Longest.TotalSeconds:0} s. Test it in a run of its workflow.");
        }
    }

    private static WorkflowRunner Runner(IServiceProvider services, ICommitStateHandler commits)
    {
        var unkept = ActivatorUtilities.CreateInstance<EngineServices>(services, commits);
        return ActivatorUtilities.CreateInstance<WorkflowRunner>(services, unkept, new Interpreter(unkept));
    }

    private static async Task<DefinitionRow?> FindAsync(ApiRequest request, DefinitionStore store, CancellationToken cancellation)
    {
        var handle = Part(request, "workflowDefinitionHandle");
        if (handle.Text("definitionVersionId") is { Length: > 0 } version) return await store.FindVersionAsync(version, cancellation);
        if (handle.Text("definitionId") is not { Length: > 0 } definition) throw new BadRequestException("'workflowDefinitionHandle' names no definition.");
        return await store.FindAsync(definition, handle.Text("versionOptions") is { Length: > 0 } versions ? DefinitionEndpoints.Versions(versions) : VersionOptions.Latest, cancellation);
    }

    private static ActivityHandle Handle(ApiRequest request)
    {
        var handle = Part(request, "activityHandle");
        return handle.Text("activityNodeId") is { Length: > 0 } node ? ActivityHandle.FromActivityNodeId(node)
            : handle.Text("activityId") is { Length: > 0 } id ? ActivityHandle.FromActivityId(id)
            : throw new BadRequestException("'activityHandle' names no activity.");
    }

    private static ApiRequest Part(ApiRequest request, string name) =>
        request.Element(name) is { ValueKind: JsonValueKind.Object } part ? new(part) : throw new BadRequestException($"'{name}' is missing.");

    // The designer keeps the values with which a person wants to test in the definition.
    private static void SetTestValues(Workflow workflow, JsonElement model)
    {
        if (!model.TryGetProperty("customProperties", out var custom) || custom.ValueKind != JsonValueKind.Object ||
            !custom.TryGetProperty("VariableTestValues", out var values) || values.ValueKind != JsonValueKind.Object) return;
        foreach (var value in values.EnumerateObject())
            if (workflow.Variables.FirstOrDefault(variable => variable.Id == value.Name) is { } variable) variable.Value = EngineJson.ToPlain(value.Value);
    }

    private static void Write(Utf8JsonWriter writer, ActivityExecutionContext? context)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("activityState"u8);
        EngineJson.WriteValue(writer, context?.ActivityState.ToDictionary(pair => pair.Key, pair => (object?)pair.Value) ?? []);
        writer.WritePropertyName("outputs"u8);
        EngineJson.WriteValue(writer, context?.RecordedOutputs?.ToDictionary(pair => pair.Key, pair => pair.Value) ?? []);
        writer.WritePropertyName("payload"u8);
        EngineJson.WriteValue(writer, context?.JournalData.ToDictionary(pair => pair.Key, pair => (object?)pair.Value) ?? []);
        if (ExceptionState.FromException(context?.Exception) is { } exception)
        {
            writer.WritePropertyName("exception"u8);
            EngineJson.WriteValue(writer, exception);
        }

        writer.WriteString("status"u8, (context?.Status ?? ActivityStatus.Canceled).ToString());
        writer.WriteEndObject();
    }

    /// <summary>Keeps nothing, but remembers how it went: what has ended is dropped from memory once it is committed.</summary>
    private sealed class Watch(string activityId) : ICommitStateHandler
    {
        public ActivityExecutionContext? Seen { get; private set; }

        public Task CommitAsync(WorkflowExecutionContext workflowExecutionContext, CancellationToken cancellationToken = default)
        {
            Seen = workflowExecutionContext.TakeDelta().Activities.FirstOrDefault(each => each.Activity.Id == activityId) ?? Seen;
            return Task.CompletedTask;
        }

        public Task CommitAsync(WorkflowExecutionContext workflowExecutionContext, WorkflowState workflowState, CancellationToken cancellationToken = default) =>
            CommitAsync(workflowExecutionContext, cancellationToken);
    }
}
