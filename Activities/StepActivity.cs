using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace AgentOS.Activities;

/// <summary>A step that does its work in one go and ends with an outcome, which names the port that is followed.</summary>
public abstract class StepActivity : Activity
{
    protected sealed override async ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        await context.CompleteActivityWithOutcomesAsync(await RunAsync(context));

    /// <summary>Does the work; returns the outcome. It may run again after a crash and must then find what it did before.</summary>
    protected abstract ValueTask<string> RunAsync(ActivityExecutionContext context);

    /// <summary>Reads an id that a workflow passes as text.</summary>
    internal static Guid Read(ActivityExecutionContext context, Input<string> input, string name) =>
        Guid.TryParse(context.Get(input), out var id)
            ? id
            : throw new Kernel.AgentOSException($"The activity '{context.Activity.Id}' was given no {name}. Set its input '{name}' to the id (a UUID).");
}
