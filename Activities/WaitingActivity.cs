using Elsa.Extensions;
using Elsa.Workflows;

namespace AgentOS.Activities;

/// <summary>A step that may have to wait: it looks, and while there is nothing to go on with, it waits for a signal and looks again.</summary>
public abstract class WaitingActivity : Activity
{
    /// <summary>The name of the signal (see <see cref="Signals"/>) that makes it look again.</summary>
    protected abstract string Signal { get; }

    /// <summary>Looks; the outcome, or null to wait on. It may run again after a crash and must then find what it did before.</summary>
    protected abstract ValueTask<string?> LookAsync(ActivityExecutionContext context);

    protected sealed override ValueTask ExecuteAsync(ActivityExecutionContext context) => LookAgainAsync(context);

    /// <summary>Where a bookmark resumes; the engine finds it by its name.</summary>
    protected async ValueTask LookAgainAsync(ActivityExecutionContext context)
    {
        if (await LookAsync(context) is { } outcome)
        {
            await context.CompleteActivityWithOutcomesAsync(outcome);
            return;
        }

        context.WaitForEvent(Signal, LookAgainAsync);
    }
}
