using System.Text.Json;
using Elsa.Expressions.Helpers;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Signals;
using Elsa.Workflows.State;

namespace Elsa.Extensions;

public static class ActivityExecutionContextExtensions
{
    /// <summary>The activity is the trigger that this run began with.</summary>
    public static bool IsTriggerOfWorkflow(this ActivityExecutionContext context) => context.WorkflowExecutionContext.TriggerActivityId == context.Activity.Id;

    public static bool TryGetWorkflowInput<T>(this ActivityExecutionContext context, string key, out T value, JsonSerializerOptions? serializerOptions = null)
    {
        var found = context.WorkflowInput.TryGetValue(key, out var raw);
        value = found ? raw.ConvertTo<T>(serializerOptions is null ? null : new(serializerOptions))! : default!;
        return found;
    }

    public static T GetWorkflowInput<T>(this ActivityExecutionContext context, JsonSerializerOptions? serializerOptions = null) =>
        context.GetWorkflowInput<T>(typeof(T).Name, serializerOptions);

    public static T GetWorkflowInput<T>(this ActivityExecutionContext context, string key, JsonSerializerOptions? serializerOptions = null) =>
        context.TryGetWorkflowInput<T>(key, out var value, serializerOptions) ? value : default!;

    /// <summary>Sets the output named <c>Result</c>.</summary>
    public static void SetResult(this ActivityExecutionContext context, object? value) => context.Set((context.Activity as IActivityWithResult)?.Result, value, "Result");

    public static T? GetVariable<T>(this ActivityExecutionContext context, string name) => context.ExpressionExecutionContext.GetVariable<T>(name);
    public static Variable SetVariable(this ActivityExecutionContext context, string name, object? value, Action<MemoryBlock>? configure = null) =>
        context.ExpressionExecutionContext.SetVariable(name, value, configure);

    /// <summary>A variable that exists for this execution only, and for what it contains.</summary>
    public static Variable CreateVariable(this ActivityExecutionContext context, string name, object? value, Type? storageDriverType = null, Action<MemoryBlock>? configure = null) =>
        context.ExpressionExecutionContext.CreateVariable(name, value, storageDriverType, configure);

    public static Variable SetDynamicVariable<T>(this ActivityExecutionContext context, string name, T value, Action<MemoryBlock>? configure = null)
    {
        var variable = context.DynamicVariables.FirstOrDefault(x => x.Name == name);
        if (variable is null) return context.CreateVariable(name, value, typeof(WorkflowInstanceStorageDriver), configure);
        variable.Set(context.ExpressionExecutionContext, value, configure);
        return variable;
    }

    public static IDictionary<string, object> GetVariableValues(this ActivityExecutionContext context) => context.ExpressionExecutionContext.ReadAndFlattenMemoryBlocks();

    public static IEnumerable<ActivityExecutionContext> GetAncestors(this ActivityExecutionContext activityExecutionContext)
    {
        for (var context = activityExecutionContext.ParentActivityExecutionContext; context is not null; context = context.ParentActivityExecutionContext) yield return context;
    }

    public static IEnumerable<ActivityExecutionContext> GetChildren(this ActivityExecutionContext activityExecutionContext) => activityExecutionContext.Children;
    public static IEnumerable<ActivityExecutionContext> GetActiveChildren(this ActivityExecutionContext activityExecutionContext) => activityExecutionContext.Children.Where(x => !x.IsCompleted);

    public static IEnumerable<ActivityExecutionContext> GetDescendants(this ActivityExecutionContext activityExecutionContext)
    {
        foreach (var child in activityExecutionContext.Children)
        {
            yield return child;
            foreach (var descendant in child.GetDescendants()) yield return descendant;
        }
    }

    public static ActivityExecutionContext? FindParent(this ActivityExecutionContext activityExecutionContext, Func<ActivityExecutionContext, bool> predicate) =>
        activityExecutionContext.GetAncestors().FirstOrDefault(predicate);

    public static ActivityExecutionContext? FindParentWithVariableContainer(this ActivityExecutionContext activityExecutionContext) =>
        activityExecutionContext.FindParent(x => x.Activity is IVariableContainer);

    public static IActivity? FindActivityByIdOrName(this ActivityExecutionContext activityExecutionContext, string idOrName) =>
        activityExecutionContext.WorkflowExecutionContext.FindActivityById(idOrName)
        ?? activityExecutionContext.WorkflowExecutionContext.Nodes.FirstOrDefault(x => x.Activity.Name == idOrName)?.Activity;

    public static bool GetHasEvaluatedProperties(this ActivityExecutionContext activityExecutionContext) => activityExecutionContext.HasEvaluatedInputs;
    public static void SetHasEvaluatedProperties(this ActivityExecutionContext activityExecutionContext) => activityExecutionContext.HasEvaluatedInputs = true;

    public static Task EvaluateInputPropertiesAsync(this ActivityExecutionContext context) =>
        context.WorkflowExecutionContext.Services.InputEvaluator.EvaluateAsync(context).AsTask();

    public static Task<object?> EvaluateInputPropertyAsync(this ActivityExecutionContext context, string inputName) =>
        context.WorkflowExecutionContext.Services.InputEvaluator.EvaluateAsync(context, inputName).AsTask();

    public static async Task<T?> EvaluateAsync<T>(this ActivityExecutionContext context, Input<T> input) =>
        (await context.WorkflowExecutionContext.Services.InputEvaluator.EvaluateAsync(context, input)).As<T>();

    /// <summary>Has the flowchart around this activity follow the connections of some outcomes, without completing it.</summary>
    public static ValueTask ScheduleOutcomesAsync(this ActivityExecutionContext activityExecutionContext, params string[] outcomes) =>
        activityExecutionContext.SendSignalAsync(new ScheduleActivityOutcomes(outcomes));

    /// <summary>Offers a signal to this activity, then to those around it, until one stops it.</summary>
    public static ValueTask SendSignalAsync(this ActivityExecutionContext activityExecutionContext, object signal) => SendSignalAsync(activityExecutionContext, signal, false);

    internal static async ValueTask SendSignalAsync(this ActivityExecutionContext sender, object signal, bool skipSelf)
    {
        for (var receiver = skipSelf ? sender.ParentActivityExecutionContext : sender; receiver is not null; receiver = receiver.ParentActivityExecutionContext)
        {
            if (receiver.Activity is not ISignalHandler handler) continue;
            var context = new SignalContext(receiver, sender, sender.CancellationToken);
            await handler.ReceiveSignalAsync(signal, context);
            if (context.StopPropagationRequested) return;
        }
    }

    public static Task CancelActivityAsync(this ActivityExecutionContext activityExecutionContext) => activityExecutionContext.CancelAsync().AsTask();

    /// <summary>Marks the activity as faulted and remembers why.</summary>
    public static void Fault(this ActivityExecutionContext activityExecutionContext, Exception e)
    {
        activityExecutionContext.Exception = e;
        activityExecutionContext.TransitionTo(ActivityStatus.Faulted);
        var activity = activityExecutionContext.Activity;
        activityExecutionContext.WorkflowExecutionContext.Incidents.Add(new ActivityIncident(activity.Id, activityExecutionContext.NodeId, activity.Type, e.Message,
            ExceptionState.FromException(e), activityExecutionContext.Now));
        for (var context = activityExecutionContext; context is not null; context = context.ParentActivityExecutionContext)
        {
            context.AggregateFaultCount++;
            context.Taint();
        }
    }

    /// <summary>Takes back a fault, so that the activity can run again.</summary>
    public static void RecoverFromFault(this ActivityExecutionContext activityExecutionContext)
    {
        activityExecutionContext.Exception = null;
        activityExecutionContext.TransitionTo(ActivityStatus.Running);
        var faults = activityExecutionContext.AggregateFaultCount;
        for (var context = activityExecutionContext; context is not null; context = context.ParentActivityExecutionContext)
        {
            context.AggregateFaultCount -= faults;
            context.Taint();
        }
    }
}
