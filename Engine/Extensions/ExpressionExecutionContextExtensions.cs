using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Extensions;

public static class ExpressionExecutionContextExtensions
{
    public static readonly object WorkflowExecutionContextKey = new();
    public static readonly object ActivityExecutionContextKey = new();
    public static readonly object InputKey = new();
    public static readonly object WorkflowKey = new();
    public static readonly object ActivityKey = new();

    public static bool TryGetWorkflowExecutionContext(this ExpressionExecutionContext context, out WorkflowExecutionContext workflowExecutionContext)
    {
        workflowExecutionContext = context.Workflow ?? (context.TryGetTransient(WorkflowExecutionContextKey, out var value) ? (WorkflowExecutionContext)value! : null!);
        return workflowExecutionContext is not null;
    }

    public static WorkflowExecutionContext GetWorkflowExecutionContext(this ExpressionExecutionContext context) =>
        context.TryGetWorkflowExecutionContext(out var workflow) ? workflow : throw new InvalidOperationException("The expression is not evaluated within a workflow.");

    public static bool TryGetActivityExecutionContext(this ExpressionExecutionContext context, out ActivityExecutionContext activityExecutionContext)
    {
        activityExecutionContext = context.Activity ?? (context.TryGetTransient(ActivityExecutionContextKey, out var value) ? (ActivityExecutionContext)value! : null!);
        return activityExecutionContext is not null;
    }

    public static ActivityExecutionContext GetActivityExecutionContext(this ExpressionExecutionContext context) =>
        context.TryGetActivityExecutionContext(out var activity) ? activity : throw new InvalidOperationException("The expression is not evaluated within an activity.");

    public static IActivity GetActivity(this ExpressionExecutionContext context) => context.GetActivityExecutionContext().Activity;

    public static T? Get<T>(this ExpressionExecutionContext context, Input<T>? input) => input is null ? default : context.Get<T>(input.MemoryBlockReference());
    public static T? Get<T>(this ExpressionExecutionContext context, Output output) => context.Get<T>(output.MemoryBlockReference());
    public static object? Get(this ExpressionExecutionContext context, Output output) => context.Get(output.MemoryBlockReference());
    public static void Set(this ExpressionExecutionContext context, Output? output, object? value, Action<MemoryBlock>? configure = null)
    {
        if (output is not null) context.Set(output.MemoryBlockReference(), value, configure);
    }

    /// <summary>Stores what an output is bound to: a variable, in its type, or an output of the workflow.</summary>
    public static void SetBoundValue(this ExpressionExecutionContext context, Output output, object? value)
    {
        if (output.MemoryBlockReference?.Invoke() is not { Id: { Length: > 0 } id } reference) return;
        if (!context.TryGetBlock(reference, out var block))
        {
            if (context.TryGetWorkflowExecutionContext(out var workflow) && workflow.Workflow.Outputs.FirstOrDefault(x => x.Name == id) is { } definition)
                workflow.Output[definition.Name] = Elsa.Expressions.Helpers.ObjectConverter.ConvertTo(value, definition.Type)!;
            else context.Memory.Declare(reference).Value = value;
            return;
        }

        block.Value = block.Metadata is VariableBlockMetadata metadata ? metadata.Variable.ParseValue(value) : value;
    }

    public static IEnumerable<Variable> EnumerateVariablesInScope(this ExpressionExecutionContext context)
    {
        for (var current = context; current is not null; current = current.ParentContext)
        {
            if (current.Memory.IsEmpty) continue;
            foreach (var block in current.Memory.Blocks.Values)
                if (block.Metadata is VariableBlockMetadata metadata) yield return metadata.Variable;
        }
    }

    /// <summary>Variables that can be read here; an inner one hides an outer one of the same name.</summary>
    public static IEnumerable<Variable> GetVariablesInScope(this ExpressionExecutionContext context) => context.EnumerateVariablesInScope().DistinctBy(x => x.Name);

    public static IEnumerable<string> GetVariableNamesInScope(this ExpressionExecutionContext context) =>
        context.EnumerateVariablesInScope().Select(x => x.Name).Where(x => !string.IsNullOrWhiteSpace(x)).Distinct();

    internal static bool TryFindVariable(this ExpressionExecutionContext context, string name, bool localOnly, out MemoryBlock block, out ExpressionExecutionContext holder)
    {
        for (var current = context; current is not null; current = current.ParentContext)
        {
            if (!current.Memory.IsEmpty)
                foreach (var candidate in current.Memory.Blocks.Values)
                    if (candidate.Metadata is VariableBlockMetadata metadata && metadata.Variable.Name == name)
                    {
                        block = candidate;
                        holder = current;
                        return true;
                    }

            if (localOnly) break;
        }

        block = null!;
        holder = null!;
        return false;
    }

    public static Variable? GetVariable(this ExpressionExecutionContext context, string name, bool localScopeOnly = false) =>
        context.TryFindVariable(name, localScopeOnly, out var block, out _) ? ((VariableBlockMetadata)block.Metadata!).Variable : null;

    public static T? GetVariable<T>(this ExpressionExecutionContext context, string name) => context.GetVariableInScope(name).As<T>();
    public static object? GetVariableInScope(this ExpressionExecutionContext context, string variableName) => context.TryFindVariable(variableName, false, out var block, out _) ? block.Value : null;

    public static void SetVariableInScope(this ExpressionExecutionContext context, string variableName, object? value)
    {
        if (!context.TryFindVariable(variableName, false, out var block, out var holder)) return;
        block.Value = ((VariableBlockMetadata)block.Metadata!).Variable.ParseValue(value);
    }

    public static Variable SetVariable<T>(this ExpressionExecutionContext context, string name, T? value, Action<MemoryBlock>? configure = null)
    {
        if (!context.TryFindVariable(name, false, out var block, out var holder)) return context.CreateVariable(name, value, null, configure);
        var variable = ((VariableBlockMetadata)block.Metadata!).Variable;
        block.Value = variable.ParseValue(value);
        configure?.Invoke(block);
        return variable;
    }

    public static Variable CreateVariable<T>(this ExpressionExecutionContext context, string name, T? value, Type? storageDriverType = null, Action<MemoryBlock>? configure = null)
    {
        if (context.TryFindVariable(name, true, out _, out _)) throw new InvalidOperationException($"A variable named '{name}' exists already.");
        var variable = new Variable(name, value) { Id = $"variable-{name}", StorageDriverType = storageDriverType ?? typeof(WorkflowInstanceStorageDriver) };
        var container = context.GetVariableContainerContext();
        var block = new MemoryBlock(value, new VariableBlockMetadata(variable, variable.StorageDriverType, true));
        container.Memory.Blocks[variable.Id] = block;
        configure?.Invoke(block);
        if (container.Activity is { } owner)
        {
            owner.DynamicVariables.Add(variable);
            owner.Taint();
        }

        return variable;
    }

    public static ExpressionExecutionContext GetVariableContainerContext(this ExpressionExecutionContext context) =>
        context.FindParent(x => x.Activity?.Activity is IVariableContainer) ?? context;

    public static ExpressionExecutionContext? FindParent(this ExpressionExecutionContext context, Func<ExpressionExecutionContext, bool> predicate)
    {
        for (ExpressionExecutionContext? current = context; current is not null; current = current.ParentContext)
            if (predicate(current)) return current;
        return null;
    }

    public static ExpressionExecutionContext? FindContextContainingBlock(this ExpressionExecutionContext context, string blockId) => context.FindParent(x => x.Memory.HasBlock(blockId));

    public static IDictionary<string, object> ReadAndFlattenMemoryBlocks(this ExpressionExecutionContext context)
    {
        var result = new Dictionary<string, object>();
        for (ExpressionExecutionContext? current = context; current is not null; current = current.ParentContext)
        {
            if (current.Memory.IsEmpty) continue;
            foreach (var block in current.Memory.Blocks.Values)
                if (block.Metadata is VariableBlockMetadata { Variable.Name: { } name }) result.TryAdd(name, block.Value!);
        }

        return result;
    }

    /// <summary>An input of the workflow, or of the composite around the expression.</summary>
    public static object? GetInput(this ExpressionExecutionContext context, string name)
    {
        if (Composites.FindInput(context, name, out var value)) return value;
        return context.TryGetWorkflowExecutionContext(out var workflow) && workflow.Input.TryGetValue(name, out value) ? value : null;
    }

    public static T? GetInput<T>(this ExpressionExecutionContext context, string name) => context.GetInput(name).As<T>();
    public static T? GetInput<T>(this ExpressionExecutionContext context, InputDefinition inputDefinition) => context.GetInput<T>(inputDefinition.Name);

    /// <summary>The last output of an activity.</summary>
    public static object? GetOutput(this ExpressionExecutionContext context, string activityIdOrName, string? outputName)
    {
        var workflow = context.GetWorkflowExecutionContext();
        var activity = workflow.FindActivityById(activityIdOrName) ?? workflow.Nodes.FirstOrDefault(x => x.Activity.Name == activityIdOrName)?.Activity
            ?? throw new InvalidOperationException($"There is no activity with the id or name '{activityIdOrName}' in this workflow.");
        return workflow.GetActivityOutputRegister().FindOutputByActivityId(activity.Id, outputName);
    }

    public static object? GetLastResult(this ExpressionExecutionContext context) => context.GetWorkflowExecutionContext().GetLastActivityResult();
}
