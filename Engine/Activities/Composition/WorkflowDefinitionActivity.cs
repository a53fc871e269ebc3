using Elsa.Extensions;
using Elsa.Workflows.Activities;

namespace Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity;

/// <summary>A workflow used as an activity: its inputs and outputs are the activity's.</summary>
[System.ComponentModel.Browsable(false)]
public class WorkflowDefinitionActivity : Composite, IInitializable
{
    private const string ChosenOutcomes = "ChosenOutcomes";

    public string WorkflowDefinitionId { get; set; } = null!;
    public string? WorkflowDefinitionVersionId { get; set; }
    public int LatestAvailablePublishedVersion { get; set; }
    public string? LatestAvailablePublishedVersionId { get; set; }

    // Its workflow came with the descriptor that made it.
    ValueTask IInitializable.InitializeAsync(InitializationContext context) => ValueTask.CompletedTask;

    internal static void Choose(ActivityExecutionContext context, string[] outcomes) => context.TransientProperties[ChosenOutcomes] = outcomes;

    protected override async ValueTask OnCompletedAsync(ActivityCompletedContext context)
    {
        if (context.TargetContext.TransientProperties.TryGetValue(ChosenOutcomes, out var chosen)) await context.TargetContext.CompleteActivityWithOutcomesAsync((string[])chosen);
    }

    internal static ActivityExecutionContext? Around(ActivityExecutionContext? context) =>
        context is null ? null : context.Activity is WorkflowDefinitionActivity ? context : context.FindParent(x => x.Activity is WorkflowDefinitionActivity);
}
