using Elsa.Expressions.Helpers;
using Elsa.Expressions.Models;
using Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity;
using Elsa.Workflows.Models;

namespace Elsa.Workflows;

/// <summary>Workflows used as activities: their inputs are what the activity was given, their outputs what it gives.</summary>
internal static class Composites
{
    public static bool FindInput(ExpressionExecutionContext context, string name, out object? value)
    {
        value = null;
        // The activity's own inputs are expressions of the workflow around it.
        if (WorkflowDefinitionActivity.Around(context.Activity?.ParentActivityExecutionContext) is not { } composite) return false;
        if (composite.ActivityDescriptor.Inputs.FirstOrDefault(x => x.Name == name) is not { } descriptor) return false;
        if (descriptor.ValueGetter(composite.Activity) is Input input && composite.TryGet(input.MemoryBlockReference(), out value)) return true;
        // After a wait its inputs are those that were evaluated before it.
        return composite.ActivityState.TryGetValue(name, out value) || true;
    }

    public static IEnumerable<string>? InputNames(ExpressionExecutionContext context) =>
        WorkflowDefinitionActivity.Around(context.Activity?.ParentActivityExecutionContext)?.ActivityDescriptor.Inputs.Select(x => x.Name);

    public static bool SetOutput(ActivityExecutionContext context, string name, object? value)
    {
        if (WorkflowDefinitionActivity.Around(context.ParentActivityExecutionContext) is not { } composite) return false;
        var descriptor = composite.ActivityDescriptor.Outputs.FirstOrDefault(x => x.Name == name);
        composite.Set(descriptor?.ValueGetter(composite.Activity) as Output, descriptor is null ? value : value.ConvertTo(descriptor.Type), name);
        return true;
    }

    public static void ChooseOutcomes(ActivityExecutionContext context, string[] outcomes)
    {
        if (WorkflowDefinitionActivity.Around(context.ParentActivityExecutionContext) is { } composite) WorkflowDefinitionActivity.Choose(composite, outcomes);
    }
}
