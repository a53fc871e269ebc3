using AgentOS.Engine.State;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Expressions;

/// <summary>Evaluates the inputs of an activity before it runs, and records what they were.</summary>
internal sealed class InputEvaluator(IExpressionEvaluator evaluator)
{
    public async ValueTask EvaluateAsync(ActivityExecutionContext context)
    {
        var plan = context.ActivityNode.Plan;
        foreach (var descriptor in plan.Inputs)
        {
            if (descriptor.ValueGetter(context.Activity) is not Input input) continue;
            var value = await EvaluateAsync(context, descriptor, input);
            if (IsRecorded(context, descriptor)) context.ActivityState[descriptor.Name] = EngineJson.Snapshot(value)!;
        }

        foreach (var descriptor in plan.Plain)
        {
            if (!IsRecorded(context, descriptor)) continue;
            if (descriptor.ValueGetter(context.Activity) is { } value) context.ActivityState[descriptor.Name] = EngineJson.Snapshot(value)!;
        }

        context.HasEvaluatedInputs = true;
    }

    public async ValueTask<object?> EvaluateAsync(ActivityExecutionContext context, string inputName)
    {
        var descriptor = context.ActivityDescriptor.Inputs.FirstOrDefault(x => x.Name == inputName)
                         ?? throw new InvalidOperationException($"Activity type '{context.Activity.Type}' has no input '{inputName}'.");
        if (descriptor.ValueGetter(context.Activity) is not Input input) return descriptor.IsWrapped ? null : descriptor.ValueGetter(context.Activity);
        var value = await EvaluateAsync(context, descriptor, input);
        if (IsRecorded(context, descriptor)) context.ActivityState[descriptor.Name] = EngineJson.Snapshot(value)!;
        return value;
    }

    private static bool IsRecorded(ActivityExecutionContext context, InputDescriptor descriptor) =>
        descriptor is { IsSerializable: not false, IsSensitive: false } && context.ActivityNode.Recording?.LeavesOutInput(descriptor.Name) != true;

    public async ValueTask<object?> EvaluateAsync(ActivityExecutionContext context, Input input)
    {
        var value = input.Expression is null ? null : await evaluator.EvaluateAsync(input.Expression, input.Type, context.ExpressionExecutionContext);
        Store(context, input, value);
        return value;
    }

    private async ValueTask<object?> EvaluateAsync(ActivityExecutionContext context, InputDescriptor descriptor, Input input)
    {
        try
        {
            return await EvaluateAsync(context, input);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new Execution.ActivityException($"Failed to evaluate activity input '{descriptor.Name}'", e);
        }
    }

    private static void Store(ActivityExecutionContext context, Input input, object? value)
    {
        var reference = input.MemoryBlockReference();
        if (reference.Id is null) return;
        context.ExpressionExecutionContext.Memory.Blocks[reference.Id] = new MemoryBlock(value);
    }
}
