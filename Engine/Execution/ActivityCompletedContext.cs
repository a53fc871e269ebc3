using Elsa.Workflows.Models;

namespace Elsa.Workflows;

/// <summary>Tells a container that one of its children has completed.</summary>
public record ActivityCompletedContext(ActivityExecutionContext TargetContext, ActivityExecutionContext ChildContext, object? Result = null)
{
    public WorkflowExecutionContext WorkflowExecutionContext => TargetContext.WorkflowExecutionContext;
    public CancellationToken CancellationToken => TargetContext.CancellationToken;
    public T GetRequiredService<T>() where T : notnull => TargetContext.GetRequiredService<T>();
    public ValueTask CompleteActivityAsync(object? result = null) => TargetContext.CompleteActivityAsync(result);
    public ValueTask CompleteActivityWithOutcomesAsync(params string[] outcomes) => TargetContext.CompleteActivityWithOutcomesAsync(outcomes);

    // What the container gave along when it scheduled the child.
    internal object? Tag { get; init; }
}

/// <summary>Whom to call when a child completes.</summary>
public record ActivityCompletionCallbackEntry(ActivityExecutionContext Owner, ActivityNode Child, ActivityCompletionCallback? CompletionCallback, object? Tag = null);
