using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Engine.Execution;
using AgentOS.Engine.State;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.State;

namespace AgentOS.Engine.Tests.Running;

/// <summary>What a database would hold of an instance.</summary>
public sealed class InstanceRecord(string id, WorkflowGraph graph, int number)
{
    private readonly Dictionary<string, Execution> _executions = [];
    private readonly List<(string ActivityInstanceId, string Activity, string Event)> _journal = [];

    public string Id => id;
    public WorkflowGraph Graph => graph;
    public int Number => number;
    public string Json { get; private set; } = "{}";
    public WorkflowState State => WorkflowStateReader.Read(Json);

    /// <summary>Lines as <c>activity/event</c>.</summary>
    public IReadOnlyList<string> Journal => [.. _journal.Select(x => $"{x.Activity}/{x.Event}")];

    /// <summary>In the order in which they first appear in the journal.</summary>
    public IReadOnlyList<Execution> Executions => [.. _journal.Select(x => x.ActivityInstanceId).Distinct().Where(_executions.ContainsKey).Select(x => _executions[x])];

    internal void Store(CommitDelta delta, string state)
    {
        Json = state;
        foreach (var entry in delta.Log) _journal.Add((entry.ActivityInstanceId, entry.ActivityId, entry.EventName!));
        foreach (var context in delta.Activities) _executions[context.Id] = Execution.Of(context);
    }
}

/// <summary>The record of one execution of an activity.</summary>
public sealed record Execution(string ActivityId, string Type, string Status, string[]? Outcomes, JsonNode? State, JsonNode? Outputs, int Faults, string? Scheduler, int Depth, JsonNode? Properties = null)
{
    internal static Execution Of(ActivityExecutionContext context) => new(
        context.Activity.Id, context.Activity.Type, context.Status.ToString(),
        context.HasJournalData && context.JournalData.TryGetValue("Outcomes", out var outcomes) ? (string[])outcomes : null,
        Node(context.HasActivityState ? context.ActivityState : null), Node(context.RecordedOutputs), context.AggregateFaultCount, context.SchedulingActivityId, context.CallStackDepth,
        Node(context.HasProperties ? context.Properties : null));

    private static JsonNode? Node(object? value) => value is null ? null : JsonSerializer.SerializeToNode(EngineJson.ToElement(value));
}
