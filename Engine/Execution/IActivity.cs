using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Workflows;

/// <summary>A step of a workflow. One object serves every run: what belongs to a run is in its <see cref="ActivityExecutionContext"/>.</summary>
public interface IActivity
{
    /// <summary>Unique within the workflow.</summary>
    string Id { get; set; }

    /// <summary>The ids on the way from the root, joined by colons.</summary>
    string NodeId { get; set; }

    string? Name { get; set; }
    string Type { get; set; }
    int Version { get; set; }
    IDictionary<string, object> CustomProperties { get; set; }
    IDictionary<string, object> SyntheticProperties { get; set; }
    IDictionary<string, object> Metadata { get; set; }
    ValueTask<bool> CanExecuteAsync(ActivityExecutionContext context);
    ValueTask ExecuteAsync(ActivityExecutionContext context);
}

public interface IActivityWithResult
{
    Output? Result { get; set; }
}

public interface IActivityWithResult<T> : IActivityWithResult
{
    new Output<T>? Result { get; set; }
}

/// <summary>An activity that declares variables for what it contains.</summary>
public interface IVariableContainer : IActivity
{
    ICollection<Variable> Variables { get; }
}

public interface IComposite
{
    void Setup();
}

/// <summary>An activity that a flowchart starts with.</summary>
public interface IStartNode;

/// <summary>An activity that ends the flowchart in which it completes.</summary>
public interface ITerminalNode;

public interface ISignalHandler
{
    ValueTask ReceiveSignalAsync(object signal, SignalContext context);
}

/// <summary>Behaviour added to an activity: runs after it, and sees the signals that reach it.</summary>
public interface IBehavior : ISignalHandler
{
    IActivity Owner { get; }
    ValueTask ExecuteAsync(ActivityExecutionContext context);
}

public delegate ValueTask ExecuteActivityDelegate(ActivityExecutionContext context);

public delegate ValueTask ActivityCompletionCallback(ActivityCompletedContext context);

/// <summary>Prepares a freshly read activity, for instance by loading the workflow that it stands for.</summary>
public interface IInitializable : IActivity
{
    ValueTask InitializeAsync(InitializationContext context);
}

public record InitializationContext(IServiceProvider ServiceProvider, CancellationToken CancellationToken);

/// <summary>What an activity execution and a workflow execution have in common.</summary>
public interface IExecutionContext
{
    string Id { get; }
    IActivity Activity { get; }
    Elsa.Expressions.Models.ExpressionExecutionContext ExpressionExecutionContext { get; }
    IEnumerable<Variable> Variables { get; }
    IDictionary<string, object> Properties { get; }
}
