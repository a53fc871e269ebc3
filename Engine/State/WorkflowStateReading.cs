using System.Text.Json;
using AgentOS.Engine.Definitions;
using Elsa.Workflows;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.State;

namespace AgentOS.Engine.State;

/// <summary>Reads what <see cref="WorkflowStateJson"/> writes. Values come back as plain objects; no JSON names a type.</summary>
public static class WorkflowStateReader
{
    public static WorkflowState Read(string json) => Read(JsonElement.Parse(json));

    public static WorkflowState Read(JsonElement json) => new()
    {
        Id = json.Text("id") ?? throw new JsonException("The state of an instance has no id."),
        DefinitionId = json.Text("definitionId") ?? "",
        DefinitionVersionId = json.Text("definitionVersionId") ?? "",
        DefinitionVersion = Number(json, "definitionVersion"),
        ParentWorkflowInstanceId = json.Text("parentWorkflowInstanceId"),
        CorrelationId = json.Text("correlationId"),
        Name = json.Text("name"),
        Status = Name<WorkflowStatus>(json, "status"),
        SubStatus = Name<WorkflowSubStatus>(json, "subStatus"),
        IsExecuting = json.Flag("isExecuting"),
        Bookmarks = Items(json, "bookmarks", Bookmark),
        Incidents = Items(json, "incidents", Incident),
        IsSystem = json.Flag("isSystem"),
        CompletionCallbacks = Items(json, "completionCallbacks", x => new CompletionCallbackState(x.Text("ownerInstanceId")!, x.Text("childNodeId")!, x.Text("methodName"), Value(x, "tag"))),
        ActivityExecutionContexts = Items(json, "activityExecutionContexts", Context),
        ScheduledActivities = Items(json, "scheduledActivities", WorkItem),
        ExecutionLogSequence = json.TryGetProperty("executionLogSequence", out var sequence) ? sequence.GetInt64() : 0,
        Input = Map(json, "input"),
        Output = Map(json, "output"),
        Properties = Map(json, "properties"),
        CreatedAt = Time(json, "createdAt") ?? default,
        UpdatedAt = Time(json, "updatedAt") ?? default,
        FinishedAt = Time(json, "finishedAt")
    };

    private static Bookmark Bookmark(JsonElement json) => new(
        json.Text("id")!, json.Text("name")!, json.Text("hash")!, Value(json, "payload"), json.Text("activityId")!, json.Text("activityNodeId")!, json.Text("activityInstanceId"),
        Time(json, "createdAt") ?? default, json.Flag("autoBurn"), json.Text("callbackMethodName"), json.Flag("autoComplete"),
        json.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object ? metadata.EnumerateObject().ToDictionary(x => x.Name, x => x.Value.GetString() ?? "") : null);

    private static ActivityIncident Incident(JsonElement json) => new(
        json.Text("activityId")!, json.Text("activityNodeId")!, json.Text("activityType")!, json.Text("message") ?? "",
        json.TryGetProperty("exception", out var exception) && exception.ValueKind == JsonValueKind.Object ? Exception(exception) : null, Time(json, "timestamp") ?? default);

    private static ExceptionState Exception(JsonElement json) => new(typeof(Exception), json.Text("message") ?? "", json.Text("stackTrace"),
        json.TryGetProperty("innerException", out var inner) && inner.ValueKind == JsonValueKind.Object ? Exception(inner) : null) { TypeName = json.Text("type") };

    private static ActivityExecutionContextState Context(JsonElement json) => new()
    {
        Id = json.Text("id")!,
        CallStackDepth = Number(json, "callStackDepth"),
        ParentContextId = json.Text("parentContextId"),
        ScheduledActivityNodeId = json.Text("scheduledActivityNodeId")!,
        OwnerActivityNodeId = json.Text("ownerActivityNodeId"),
        Properties = Properties(json),
        Metadata = Map(json, "metadata"),
        ActivityState = Map(json, "activityState"),
        DynamicVariables = Items(json, "dynamicVariables", VariableJson.Read),
        Status = Name<ActivityStatus>(json, "status"),
        IsExecuting = json.Flag("isExecuting"),
        FaultCount = Number(json, "faultCount"),
        StartedAt = Time(json, "startedAt") ?? default,
        CompletedAt = Time(json, "completedAt"),
        Tag = Value(json, "tag")
    };

    private static ActivityWorkItemState WorkItem(JsonElement json) => new()
    {
        ActivityNodeId = json.Text("activityNodeId")!,
        OwnerContextId = json.Text("ownerContextId"),
        ExistingActivityExecutionContextId = json.Text("existingActivityExecutionContextId"),
        SchedulingActivityExecutionId = json.Text("schedulingActivityExecutionId"),
        SchedulingCallStackDepth = json.TryGetProperty("schedulingCallStackDepth", out var depth) ? depth.GetInt32() : null,
        Tag = Value(json, "tag"),
        Input = json.TryGetProperty("input", out _) ? Map(json, "input") : null,
        Variables = json.TryGetProperty("variables", out _) ? Items(json, "variables", VariableJson.Read) : null
    };

    // Properties are the activities' own: they are read in the type that the activity asks for. Values of variables are plain.
    private static Dictionary<string, object> Properties(JsonElement json)
    {
        var result = new Dictionary<string, object>();
        if (!json.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object) return result;
        foreach (var property in properties.EnumerateObject())
            result[property.Name] = property.Name == WorkflowInstanceStorageDriver.VariablesDictionaryStateKey ? EngineJson.ToDictionary(property.Value) : property.Value.Clone();
        return result;
    }

    private static List<T> Items<T>(JsonElement json, string name, Func<JsonElement, T> read) =>
        json.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray().Select(read)] : [];

    private static Dictionary<string, object> Map(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? EngineJson.ToDictionary(value) : [];
    private static object? Value(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? EngineJson.ToPlain(value) : null;
    private static int Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) ? number : 0;
    private static DateTimeOffset? Time(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.TryGetDateTimeOffset(out var time) ? time : null;
    private static T Name<T>(JsonElement json, string name) where T : struct, Enum => Enum.TryParse<T>(json.Text(name), out var value) ? value : default;
}

/// <summary>Variables that exist only in a run: their value goes with them.</summary>
internal static class VariableJson
{
    public static void Write(Utf8JsonWriter writer, Variable variable)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, variable.Id);
        writer.WriteString("name"u8, variable.Name);
        writer.WriteString("typeName"u8, "Object");
        writer.WritePropertyName("value"u8);
        EngineJson.WriteValue(writer, variable.Value);
        writer.WriteEndObject();
    }

    public static Variable Read(JsonElement json) => new(json.Text("name")!, json.TryGetProperty("value", out var value) ? EngineJson.ToPlain(value) : null)
    {
        Id = json.Text("id")!, StorageDriverType = typeof(WorkflowInstanceStorageDriver)
    };
}
