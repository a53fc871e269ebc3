using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Services;
using Elsa.Workflows.State;

namespace AgentOS.Engine.State;

/// <summary>Values of variables that live in the instance's state.</summary>
internal static class Variables
{
    private const string Key = WorkflowInstanceStorageDriver.VariablesDictionaryStateKey;

    public static bool IsKept(Variable variable) =>
        variable.StorageDriverType is { } driver && (driver == typeof(WorkflowInstanceStorageDriver) || driver == typeof(WorkflowStorageDriver));

    public static void Store(ActivityExecutionContext context, ActivityExecutionContextState state)
    {
        Dictionary<string, object?>? values = null;
        foreach (var variable in context.Variables)
        {
            if (!IsKept(variable) || !context.ExpressionExecutionContext.Memory.TryGetBlock(variable.Id, out var block)) continue;
            (values ??= [])[variable.Id] = EngineJson.Stored(block.Value);
        }

        if (values is not null) state.Properties[Key] = values;
        if (context.HasDynamicVariables) state.DynamicVariables = context.DynamicVariables;
    }

    public static void Load(ActivityExecutionContext context, ActivityExecutionContextState state)
    {
        if (state.DynamicVariables.Count > 0) context.DynamicVariables = [.. state.DynamicVariables];
        var values = state.Properties.TryGetValue(Key, out var found) ? found as IDictionary<string, object?> : null;
        foreach (var variable in context.Variables)
        {
            var block = WorkflowExecutionContext.Declare(variable);
            if (IsKept(variable) && values is not null && values.TryGetValue(variable.Id, out var value))
                block.Value = variable.TryParseValue(value, out var parsed) ? parsed : value;
            context.ExpressionExecutionContext.Memory.Blocks[variable.Id] = block;
        }
    }
}
