using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Exceptions;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Workflows.Activities;

/// <summary>Writes a line of text to the server's output.</summary>
[Activity("Elsa", "Console", "Writes a line of text to the server's output.")]
public class WriteLine : CodeActivity
{
    [System.Text.Json.Serialization.JsonConstructor]
    internal WriteLine([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    public WriteLine(string text, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Literal<string>(text), source, line) { }
    public WriteLine(Func<string> text, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(Expression.DelegateExpression(text), source, line) { }
    public WriteLine(Func<ExpressionExecutionContext, string?> text, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(Expression.DelegateExpression(text), source, line) { }
    public WriteLine(Variable<string> variable, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) => Text = new(variable);
    public WriteLine(Literal<string> literal, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) => Text = new(literal);
    public WriteLine(Expression expression, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) => Text = new(expression);
    public WriteLine(Input<string> text, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) => Text = text;

    [Input(Description = "The text to write.")]
    public Input<string> Text { get; set; } = null!;

    protected override void Execute(ActivityExecutionContext context) =>
        context.GetRequiredService<IStandardOutStreamProvider>().GetTextWriter().WriteLine(context.Get(Text));
}

/// <summary>Gives a variable a value.</summary>
[Activity("Elsa", "Primitives", "Gives a variable a value.")]
public class SetVariable : CodeActivity
{
    public SetVariable([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    [Input(Description = "The variable to set.")]
    public Variable Variable { get; set; } = null!;

    [Input(Description = "Its new value.")]
    public Input<object?> Value { get; set; } = new(new Literal<object?>());

    protected override void Execute(ActivityExecutionContext context) => VariableSetter.Set(context, Variable, context.Get(Value));
}

/// <summary>Gives a variable of a known type a value.</summary>
[System.ComponentModel.Browsable(false)]
[Activity("Elsa", "Primitives", "Gives a variable a value.")]
public class SetVariable<T> : CodeActivity
{
    public SetVariable([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public SetVariable(Variable<T> variable, Input<T> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => (Variable, Value) = (variable, value);
    public SetVariable(Variable<T> variable, Variable<T> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(variable, new Input<T>(value), source, line) { }
    public SetVariable(Variable<T> variable, Func<ExpressionExecutionContext, T> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(variable, new Input<T>(value), source, line) { }
    public SetVariable(Variable<T> variable, Func<T> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(variable, new Input<T>(value), source, line) { }
    public SetVariable(Variable<T> variable, T value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(variable, new Input<T>(value), source, line) { }

    [Input(Description = "The variable to set.")]
    public Variable<T> Variable { get; set; } = null!;

    [Input(Description = "Its new value.")]
    public Input<T> Value { get; set; } = new(new Literal<T>());

    protected override void Execute(ActivityExecutionContext context) => VariableSetter.Set(context, Variable, context.Get(Value));
}

internal static class VariableSetter
{
    public static void Set(ActivityExecutionContext context, Variable variable, object? value)
    {
        if (!context.ExpressionExecutionContext.TryGetBlock(variable, out var block)) throw new InvalidOperationException($"Variable '{variable.Id ?? variable.Name}' not found.");
        // The container's declaration has the type; what the activity carries is only a reference to it.
        var declared = (block.Metadata as VariableBlockMetadata)?.Variable ?? variable;
        context.ExpressionExecutionContext.Set(variable, declared.ParseValue(value));
    }
}

/// <summary>Gives the instance a correlation id, by which stimuli find it.</summary>
[Activity("Elsa", "Primitives", "Gives the instance a correlation id.")]
public class Correlate : CodeActivity
{
    public Correlate([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public Correlate(string correlationId, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => CorrelationId = new(correlationId);
    public Correlate(Variable<string> correlationId, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => CorrelationId = new(correlationId);
    public Correlate(Func<ExpressionExecutionContext, string?> correlationId, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => CorrelationId = new(correlationId!);

    [Input(DisplayName = "Correlation ID", Description = "The correlation id.")]
    public Input<string> CorrelationId { get; set; } = null!;

    protected override void Execute(ActivityExecutionContext context) => context.WorkflowExecutionContext.CorrelationId = context.Get(CorrelationId);
}

/// <summary>Gives the instance a name.</summary>
[Activity("Elsa", "Primitives", "Gives the instance a name.")]
public class SetName : CodeActivity
{
    public SetName([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public SetName(Input<string> value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Value = value;

    [Input(DisplayName = "Name", Description = "The name.")]
    public Input<string> Value { get; set; } = null!;

    protected override void Execute(ActivityExecutionContext context) => context.WorkflowExecutionContext.Name = context.Get(Value);
}

/// <summary>Raises a fault on purpose.</summary>
[Activity("Elsa", "Primitives", "Raises a fault.")]
public class Fault : Activity
{
    public Fault([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    [Input(Description = "A code that programs can read.")]
    public Input<string> Code { get; set; } = new("0");

    [Input(Description = "Groups faults, for instance HTTP.")]
    public Input<string> Category { get; set; } = new("General");

    [Input(DisplayName = "Type", Description = "System, Business or Integration.")]
    public Input<string> FaultType { get; set; } = new(DefaultFaultTypes.System);

    [Input(Description = "What went wrong.")]
    public Input<string?> Message { get; set; } = null!;

    public static Fault Create(string code, string category, string type, string? message = null, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) =>
        new(source, line) { Code = new(code), Category = new(category), FaultType = new(type), Message = new(message) };

    protected override void Execute(ActivityExecutionContext context) =>
        throw new FaultException(context.Get(Code) ?? "0", context.Get(Category) ?? "General", context.Get(FaultType) ?? DefaultFaultTypes.System, context.Get(Message));
}

/// <summary>Stands for an activity whose type is not known here. Running it faults.</summary>
[System.ComponentModel.Browsable(false)]
[Activity("Elsa", "System", "Stands for an activity whose type is not known here.")]
public class NotFoundActivity : CodeActivity
{
    public NotFoundActivity([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public NotFoundActivity(string missingTypeName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => MissingTypeName = missingTypeName;

    public string MissingTypeName { get; set; } = null!;
    public int MissingTypeVersion { get; set; }
    public string OriginalActivityJson { get; set; } = null!;

    protected override void Execute(ActivityExecutionContext context) => throw new AgentOS.Engine.Execution.ActivityException($"Activity type '{MissingTypeName}' version '{MissingTypeVersion}' could not be found.");
}
