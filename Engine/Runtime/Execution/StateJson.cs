using System.Text.Json;
using AgentOS.Engine.State;
using Elsa.Workflows.State;

namespace AgentOS.Engine.Runtime.Execution;

internal static class StateJson
{
    public static void Write(Utf8JsonWriter writer, WorkflowState state) => JsonSerializer.Serialize(writer, state, EngineJson.Options);
    public static string Text(WorkflowState state) => JsonSerializer.Serialize(state, EngineJson.Options);
    public static WorkflowState Read(string json) => JsonSerializer.Deserialize<WorkflowState>(json, EngineJson.Options)!;
}
