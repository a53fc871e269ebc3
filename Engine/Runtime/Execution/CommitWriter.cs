using System.Text.Json;
using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.State;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.State;

namespace AgentOS.Engine.Runtime.Execution;

/// <summary>Turns what a burst changed into rows.</summary>
internal static class CommitWriter
{
    public static InstanceRow Instance(WorkflowExecutionContext workflow, Burst burst, ReadOnlyMemory<byte> state)
    {
        var identity = workflow.Workflow.Identity;
        return new(workflow.Id, identity.DefinitionId, identity.Id, identity.Version, Name(workflow.Status), Name(workflow.SubStatus), Text(workflow.CorrelationId), Text(workflow.Name),
            workflow.ParentWorkflowInstanceId, workflow.Incidents.Count, workflow.Workflow.IsSystem, burst.ActivationKey,
            workflow.CreatedAt.UtcDateTime, workflow.UpdatedAt.UtcDateTime, workflow.FinishedAt?.UtcDateTime, state);
    }

    public static void Add(InstanceCommit commit, CommitDelta delta, Burst burst, CommitBuffer buffer, string? correlationId)
    {
        foreach (var entry in delta.Log)
            commit.Journal.Add(new(entry.Sequence, entry.ActivityInstanceId, entry.EventName ?? "", entry.Timestamp.UtcDateTime, Detail(entry, buffer)));
        foreach (var context in delta.Activities)
        {
            var row = Execution(context, buffer);
            if (burst.StoredExecutions.Add(context.Id)) commit.NewExecutions.Add(row);
            else commit.ChangedExecutions.Add(row);
        }
        foreach (var bookmark in delta.RemovedBookmarks) commit.BurnedBookmarks.Add(bookmark.Id);
        foreach (var bookmark in delta.AddedBookmarks)
        {
            commit.NewBookmarks.Add(new(bookmark.Id, bookmark.ActivityInstanceId ?? "", bookmark.ActivityId, bookmark.ActivityNodeId, bookmark.Name, bookmark.Hash, Text(correlationId),
                buffer.Value(bookmark.Payload), bookmark.Metadata is { Count: > 0 } metadata ? buffer.Value(metadata) : (ReadOnlyMemory<byte>?)null, bookmark.CreatedAt.UtcDateTime));
            if (Timers.TimedBookmarks.DueAt(bookmark) is { } due) commit.Timers.Add(new(bookmark.Id, due));
        }
    }

    private static ReadOnlyMemory<byte>? Detail(WorkflowExecutionLogEntry entry, CommitBuffer buffer)
    {
        if (entry is { Message: null, Source: null, Payload: null, ActivityState: null }) return null;
        var writer = buffer.Writer;
        writer.WriteStartObject();
        if (entry.Message is { } message) writer.WriteString("message"u8, message);
        if (entry.Source is { } source) writer.WriteString("source"u8, source);
        if (entry.ActivityState is { } state) Write(writer, "activityState"u8, state);
        if (entry.Payload is { } payload) Write(writer, "payload"u8, payload);
        writer.WriteEndObject();
        return buffer.Take();
    }

    private static ExecutionRow Execution(ActivityExecutionContext context, CommitBuffer buffer)
    {
        var writer = buffer.Writer;
        writer.WriteStartObject();
        if (context.HasActivityState) Write(writer, "activityState"u8, context.ActivityState);
        if (context.HasJournalData) Write(writer, "payload"u8, context.JournalData);
        WriteOutputs(writer, context);
        writer.WritePropertyName("properties"u8);
        WriteMap(writer, context.HasProperties ? context.Properties : null);
        writer.WritePropertyName("metadata"u8);
        WriteMap(writer, context.HasMetadata ? context.Metadata : null);
        if (context.Exception is { } exception) Write(writer, "exception"u8, ExceptionState.FromException(exception)!);
        writer.WriteEndObject();
        return new(context.Id, context.ParentActivityExecutionContext?.Id, context.Activity.Id, context.NodeId, context.Activity.Type, context.Activity.Version, Text(context.Activity.Name),
            Name(context.Status), context.StartedAt.UtcDateTime, context.CompletedAt?.UtcDateTime, context.HasBookmarks, context.AggregateFaultCount,
            context.SchedulingActivityExecutionId, context.SchedulingActivityId, context.SchedulingWorkflowInstanceId, context.CallStackDepth, RetryAttempts.Any(context), buffer.Take());
    }

    private static void WriteOutputs(Utf8JsonWriter writer, ActivityExecutionContext context)
    {
        var declared = context.ActivityDescriptor.Outputs;
        if (declared.Count == 0 && context.RecordedOutputs is null) return;
        writer.WriteStartObject("outputs"u8);
        foreach (var output in declared)
        {
            writer.WritePropertyName(output.Name);
            EngineJson.WriteValue(writer, context.Recorded(output));
        }
        writer.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter writer, IDictionary<string, object>? map)
    {
        writer.WriteStartObject();
        if (map is not null)
            foreach (var (name, value) in map)
            {
                writer.WritePropertyName(name);
                EngineJson.WriteValue(writer, value);
            }
        writer.WriteString("_type"u8, "ObjectMap"u8);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, object value)
    {
        writer.WritePropertyName(name);
        EngineJson.WriteValue(writer, value);
    }

    // PostgreSQL's text cannot hold it, and nobody means it.
    private static string? Text(string? value) => value is not null && value.Contains('\0', StringComparison.Ordinal) ? value.Replace("\0", "", StringComparison.Ordinal) : value;

    private static string Name(WorkflowStatus status) => status == WorkflowStatus.Running ? "Running" : "Finished";

    private static string Name(WorkflowSubStatus status) => status switch
    {
        WorkflowSubStatus.Pending => "Pending",
        WorkflowSubStatus.Executing => "Executing",
        WorkflowSubStatus.Suspended => "Suspended",
        WorkflowSubStatus.Finished => "Finished",
        WorkflowSubStatus.Cancelled => "Cancelled",
        WorkflowSubStatus.Faulted => "Faulted",
        _ => "Interrupted"
    };

    private static string Name(ActivityStatus status) => status switch
    {
        ActivityStatus.Pending => "Pending",
        ActivityStatus.Running => "Running",
        ActivityStatus.Completed => "Completed",
        ActivityStatus.Canceled => "Canceled",
        _ => "Faulted"
    };
}
