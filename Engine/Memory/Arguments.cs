using System.Text.Json;
using Elsa.Expressions.Models;
using Elsa.Workflows.Memory;

namespace Elsa.Workflows.Models;

/// <summary>An input or output of an activity.</summary>
public abstract class Argument
{
    protected Argument() { }
    protected Argument(MemoryBlockReference memoryBlockReference) : this(() => memoryBlockReference) { }
    protected Argument(Func<MemoryBlockReference> memoryBlockReference) => MemoryBlockReference = memoryBlockReference;

    public Func<MemoryBlockReference> MemoryBlockReference { get; set; } = null!;
}

/// <summary>What an activity is given: an expression, evaluated before the activity runs.</summary>
public abstract class Input : Argument
{
    protected Input(MemoryBlockReference memoryBlockReference, Type type) : base(memoryBlockReference) => Type = type;

    protected Input(Expression? expression, MemoryBlockReference memoryBlockReference, Type type) : this(memoryBlockReference, type) => Expression = expression;

    public Expression? Expression { get; }
    public Type Type { get; set; }
}

public class Input<T> : Input
{
    public Input(MemoryBlockReference memoryBlockReference) : base(memoryBlockReference, typeof(T)) { }
    public Input(T literal, string? id = null) : this(new Expression("Literal", literal), new Literal(literal, id)) { }
    public Input(Func<T> @delegate, string? id = null) : this(Expression.DelegateExpression(@delegate), new MemoryBlockReference(id!)) { }
    public Input(Func<ExpressionExecutionContext, ValueTask<T?>> @delegate, string? id = null) : this(Expression.DelegateExpression(@delegate), new MemoryBlockReference(id!)) { }
    public Input(Func<ValueTask<T?>> @delegate, string? id = null) : this(Expression.DelegateExpression(@delegate), new MemoryBlockReference(id!)) { }
    public Input(Func<ExpressionExecutionContext, T> @delegate, string? id = null) : this(Expression.DelegateExpression(@delegate), new MemoryBlockReference(id!)) { }
    public Input(Variable variable) : this(new Expression("Variable", variable), new MemoryBlockReference()) { }
    public Input(Output output) : this(new Expression("Output", output), new MemoryBlockReference()) { }
    public Input(Literal<T> literal) : this(new Expression("Literal", literal.Value), literal) { }
    public Input(Literal literal) : this(new Expression("Literal", literal.Value), literal) { }
    public Input(ObjectLiteral<T> literal) : this(new Expression("Object", literal.Value), literal) { }
    public Input(ObjectLiteral literal) : this(new Expression("Object", literal.Value), literal) { }
    public Input(Expression? expression, MemoryBlockReference memoryBlockReference) : base(expression, memoryBlockReference, typeof(T)) { }
    public Input(Expression expression) : this(expression, new MemoryBlockReference()) { }
}

/// <summary>What an activity gives: the name of the cell that receives it.</summary>
public class Output : Argument
{
    public Output() { }
    public Output(MemoryBlockReference memoryBlockReference) : base(memoryBlockReference) { }
    public Output(Func<MemoryBlockReference> memoryBlockReference) : base(memoryBlockReference) { }

    public OutputConverterConfiguration? Converter { get; set; }
}

public class Output<T> : Output
{
    public Output() { }
    public Output(MemoryBlockReference memoryBlockReference) : base(memoryBlockReference) { }
    public Output(Func<MemoryBlockReference> memoryBlockReference) : base(memoryBlockReference) { }
}

/// <summary>How an output is converted on its way to its cell.</summary>
public sealed record OutputConverterConfiguration
{
    public OutputConverterConfiguration(string id, JsonElement? settings = null)
    {
        Id = id;
        Settings = settings;
    }

    public string Id { get; }
    public JsonElement? Settings { get; }
}

/// <summary>An input or output that a workflow declares.</summary>
public abstract class ArgumentDefinition
{
    public Type Type { get; set; } = typeof(object);
    public string Name { get; set; } = null!;
    public string DisplayName { get; set; } = "";
    public string Description { get; set; } = "";
    public string Category { get; set; } = "";
}

public class InputDefinition : ArgumentDefinition
{
    public string UIHint { get; set; } = "single-line";
    public Type? StorageDriverType { get; set; }
}

public class OutputDefinition : ArgumentDefinition;
