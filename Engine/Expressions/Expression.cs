using System.Text.Json;

namespace Elsa.Expressions.Models;

/// <summary>Something to evaluate: a syntax and its source.</summary>
public class Expression
{
    // What a handler made of the source: a parsed template, a prepared script, a converted literal.
    internal object? Compiled;

    public Expression() { }

    public Expression(string type, object? value)
    {
        Type = type;
        Value = value;
    }

    public string Type { get; set; } = null!;
    public object? Value { get; set; }

    public static Expression LiteralExpression(object? value) => new("Literal", value);
    public static Expression DelegateExpression(Func<ExpressionExecutionContext, ValueTask<object?>> value) => new("Delegate", value);
    public static Expression DelegateExpression<T>(Func<ExpressionExecutionContext, ValueTask<T>> value) => DelegateExpression(async context => (object?)await value(context));
    public static Expression DelegateExpression<T>(Func<ValueTask<T>> value) => DelegateExpression(async _ => (object?)await value());
    public static Expression DelegateExpression<T>(Func<ExpressionExecutionContext, T> value) => DelegateExpression(context => new ValueTask<object?>(value(context)));
    public static Expression DelegateExpression<T>(Func<T> value) => DelegateExpression(_ => new ValueTask<object?>(value()));
}

public class ExpressionEvaluatorOptions
{
    public static readonly ExpressionEvaluatorOptions Empty = new();

    /// <summary>Names that the expression sees beside variables and inputs.</summary>
    public IDictionary<string, object> Arguments { get; set; } = new Dictionary<string, object>();
}

/// <summary>A syntax that expressions can be written in.</summary>
public class ExpressionDescriptor
{
    public string Type { get; set; } = null!;
    public string DisplayName { get; set; } = null!;
    public bool IsSerializable { get; set; } = true;
    public bool IsBrowsable { get; set; } = true;
    public IDictionary<string, object> Properties { get; set; } = new Dictionary<string, object>();
    public Func<IServiceProvider, Contracts.IExpressionHandler> HandlerFactory { get; set; } = null!;
    public Func<MemoryBlockReference> MemoryBlockReferenceFactory { get; set; } = () => new();
    public Func<ExpressionSerializationContext, Expression> Deserialize { get; set; } = null!;
}

public record ExpressionSerializationContext(string ExpressionType, JsonElement JsonElement, JsonSerializerOptions Options, Type MemoryBlockType);
