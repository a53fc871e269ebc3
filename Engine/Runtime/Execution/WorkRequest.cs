using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentOS.Engine.State;

namespace AgentOS.Engine.Runtime.Execution;

/// <summary>What an item of work carries beside its columns (engine.work.request).</summary>
internal sealed record WorkRequest
{
    public static readonly WorkRequest Empty = new();

    public IDictionary<string, object>? Input { get; init; }
    public IDictionary<string, object>? Properties { get; init; }
    public string? TriggerActivityId { get; init; }
    public string? SchedulingActivityExecutionId { get; init; }
    public string? SchedulingWorkflowInstanceId { get; init; }
    public int? SchedulingCallStackDepth { get; init; }

    public static WorkRequest Read(string? json) => json is null ? Empty : JsonSerializer.Deserialize<WorkRequest>(json, EngineJson.Options) ?? Empty;

    public ReadOnlyMemory<byte> ToBytes()
    {
        var map = new Dictionary<string, object?>();
        if (Input is { Count: > 0 }) map["input"] = Input;
        if (Properties is { Count: > 0 }) map["properties"] = Properties;
        if (TriggerActivityId is not null) map["triggerActivityId"] = TriggerActivityId;
        if (SchedulingActivityExecutionId is not null) map["schedulingActivityExecutionId"] = SchedulingActivityExecutionId;
        if (SchedulingWorkflowInstanceId is not null) map["schedulingWorkflowInstanceId"] = SchedulingWorkflowInstanceId;
        if (SchedulingCallStackDepth is not null) map["schedulingCallStackDepth"] = SchedulingCallStackDepth;
        return Bytes(map);
    }

    /// <summary>Any value as JSON.</summary>
    public static ReadOnlyMemory<byte> Bytes(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new() { SkipValidation = true, MaxDepth = EngineJson.MaxDepth * 2, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) EngineJson.WriteValue(writer, value);
        return buffer.WrittenMemory;
    }
}
