using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Elsa.Workflows.Models;
using Elsa.Workflows.State;

namespace AgentOS.Engine.State;

/// <summary>Writes and reads a <see cref="WorkflowState"/>: the form in which instances are stored and shown.</summary>
public static class WorkflowStateJson
{
    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = EngineJson.MaxDepth * 2 };

    public static string Serialize(WorkflowState state) => System.Text.Encoding.UTF8.GetString(SerializeToUtf8(state).Span);

    public static ReadOnlyMemory<byte> SerializeToUtf8(WorkflowState state)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions)) Write(writer, state);
        return buffer.WrittenMemory;
    }

    public static void Write(Utf8JsonWriter writer, WorkflowState state)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, state.Id);
        writer.WriteString("definitionId"u8, state.DefinitionId);
        writer.WriteString("definitionVersionId"u8, state.DefinitionVersionId);
        writer.WriteNumber("definitionVersion"u8, state.DefinitionVersion);
        Optional(writer, "parentWorkflowInstanceId"u8, state.ParentWorkflowInstanceId);
        Optional(writer, "correlationId"u8, state.CorrelationId);
        Optional(writer, "name"u8, state.Name);
        writer.WriteString("status"u8, state.Status.ToString());
        writer.WriteString("subStatus"u8, state.SubStatus.ToString());
        writer.WriteBoolean("isExecuting"u8, state.IsExecuting);
        writer.WriteStartArray("bookmarks"u8);
        foreach (var bookmark in state.Bookmarks) Write(writer, bookmark);
        writer.WriteEndArray();
        writer.WriteStartArray("incidents"u8);
        foreach (var incident in state.Incidents) Write(writer, incident);
        writer.WriteEndArray();
        writer.WriteBoolean("isSystem"u8, state.IsSystem);
        writer.WriteStartArray("completionCallbacks"u8);
        foreach (var callback in state.CompletionCallbacks) Write(writer, callback);
        writer.WriteEndArray();
        writer.WriteStartArray("activityExecutionContexts"u8);
        foreach (var context in state.ActivityExecutionContexts) Write(writer, context);
        writer.WriteEndArray();
        writer.WriteStartArray("scheduledActivities"u8);
        foreach (var item in state.ScheduledActivities) Write(writer, item);
        writer.WriteEndArray();
        writer.WriteNumber("executionLogSequence"u8, state.ExecutionLogSequence);
        Value(writer, "input"u8, state.Input);
        Value(writer, "output"u8, state.Output);
        Value(writer, "properties"u8, state.Properties);
        writer.WriteString("createdAt"u8, state.CreatedAt);
        writer.WriteString("updatedAt"u8, state.UpdatedAt);
        if (state.FinishedAt is { } finished) writer.WriteString("finishedAt"u8, finished);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Bookmark bookmark)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, bookmark.Id);
        writer.WriteString("name"u8, bookmark.Name);
        writer.WriteString("hash"u8, bookmark.Hash);
        if (bookmark.Payload is not null) Value(writer, "payload"u8, bookmark.Payload);
        writer.WriteString("activityId"u8, bookmark.ActivityId);
        writer.WriteString("activityNodeId"u8, bookmark.ActivityNodeId);
        Optional(writer, "activityInstanceId"u8, bookmark.ActivityInstanceId);
        writer.WriteString("createdAt"u8, bookmark.CreatedAt);
        writer.WriteBoolean("autoBurn"u8, bookmark.AutoBurn);
        Optional(writer, "callbackMethodName"u8, bookmark.CallbackMethodName);
        writer.WriteBoolean("autoComplete"u8, bookmark.AutoComplete);
        if (bookmark.Metadata is { Count: > 0 } metadata)
        {
            writer.WriteStartObject("metadata"u8);
            foreach (var (key, value) in metadata) writer.WriteString(key, value);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ActivityIncident incident)
    {
        writer.WriteStartObject();
        writer.WriteString("activityId"u8, incident.ActivityId);
        writer.WriteString("activityNodeId"u8, incident.ActivityNodeId);
        writer.WriteString("activityType"u8, incident.ActivityType);
        writer.WriteString("message"u8, incident.Message);
        if (incident.Exception is { } exception)
        {
            writer.WritePropertyName("exception"u8);
            Write(writer, exception);
        }

        writer.WriteString("timestamp"u8, incident.Timestamp);
        writer.WriteEndObject();
    }

    /// <summary>Writes an exception, and those that caused it, without its stack's file paths.</summary>
    public static void Write(Utf8JsonWriter writer, ExceptionState exception)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, exception.TypeName ?? exception.Type.Name);
        writer.WriteString("message"u8, exception.Message);
        Optional(writer, "stackTrace"u8, exception.StackTrace);
        if (exception.InnerException is { } inner)
        {
            writer.WritePropertyName("innerException"u8);
            Write(writer, inner);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, CompletionCallbackState callback)
    {
        writer.WriteStartObject();
        writer.WriteString("ownerInstanceId"u8, callback.OwnerInstanceId);
        writer.WriteString("childNodeId"u8, callback.ChildNodeId);
        Optional(writer, "methodName"u8, callback.MethodName);
        if (callback.Tag is not null) Value(writer, "tag"u8, callback.Tag);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ActivityExecutionContextState context)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, context.Id);
        writer.WriteNumber("callStackDepth"u8, context.CallStackDepth);
        Optional(writer, "parentContextId"u8, context.ParentContextId);
        writer.WriteString("scheduledActivityNodeId"u8, context.ScheduledActivityNodeId);
        Optional(writer, "ownerActivityNodeId"u8, context.OwnerActivityNodeId);
        Value(writer, "properties"u8, context.Properties);
        Value(writer, "metadata"u8, context.Metadata ?? new Dictionary<string, object>());
        Value(writer, "activityState"u8, context.ActivityState ?? new Dictionary<string, object>());
        writer.WriteStartArray("dynamicVariables"u8);
        foreach (var variable in context.DynamicVariables) VariableJson.Write(writer, variable);
        writer.WriteEndArray();
        writer.WriteString("status"u8, context.Status.ToString());
        writer.WriteBoolean("isExecuting"u8, context.IsExecuting);
        writer.WriteNumber("faultCount"u8, context.FaultCount);
        writer.WriteString("startedAt"u8, context.StartedAt);
        if (context.CompletedAt is { } completed) writer.WriteString("completedAt"u8, completed);
        if (context.Tag is not null) Value(writer, "tag"u8, context.Tag);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ActivityWorkItemState item)
    {
        writer.WriteStartObject();
        writer.WriteString("activityNodeId"u8, item.ActivityNodeId);
        Optional(writer, "ownerContextId"u8, item.OwnerContextId);
        Optional(writer, "existingActivityExecutionContextId"u8, item.ExistingActivityExecutionContextId);
        Optional(writer, "schedulingActivityExecutionId"u8, item.SchedulingActivityExecutionId);
        if (item.SchedulingCallStackDepth is { } depth) writer.WriteNumber("schedulingCallStackDepth"u8, depth);
        if (item.Tag is not null) Value(writer, "tag"u8, item.Tag);
        if (item.Input is { Count: > 0 } input) Value(writer, "input"u8, input);
        if (item.Variables is { Count: > 0 } variables)
        {
            writer.WriteStartArray("variables"u8);
            foreach (var variable in variables) VariableJson.Write(writer, variable);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    private static void Value(Utf8JsonWriter writer, ReadOnlySpan<byte> name, object? value)
    {
        writer.WritePropertyName(name);
        EngineJson.WriteValue(writer, value);
    }
}
