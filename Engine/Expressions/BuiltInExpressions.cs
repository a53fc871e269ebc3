using System.Globalization;
using System.Text.Json;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Helpers;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Expressions;

/// <summary>The syntaxes without a language: literals, JSON, variables, inputs, outputs, delegates.</summary>
internal sealed class BuiltInExpressions : IExpressionDescriptorProvider
{
    public IEnumerable<ExpressionDescriptor> GetDescriptors() =>
    [
        Describe("Literal", new LiteralHandler(), browsable: false),
        Describe("Object", new ObjectHandler(), browsable: false, language: "json"),
        Describe("Json", new ObjectHandler(), browsable: false, language: "json"),
        Describe("Delegate", new DelegateHandler(), browsable: false, serializable: false),
        Describe("Variable", new VariableHandler()),
        Describe("Input", new InputHandler()),
        Describe("Output", new OutputHandler(), browsable: false)
    ];

    internal static ExpressionDescriptor Describe(string type, IExpressionHandler handler, bool browsable = true, bool serializable = true, string? language = null) => new()
    {
        Type = type,
        DisplayName = type,
        IsBrowsable = browsable,
        IsSerializable = serializable,
        HandlerFactory = _ => handler,
        Properties = language is null ? new Dictionary<string, object>() : new Dictionary<string, object> { ["MonacoLanguage"] = language }
    };

    private sealed class LiteralHandler : IExpressionHandler
    {
        public ValueTask<object?> EvaluateAsync(Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
        {
            // Conversion of an immutable literal gives the same each time.
            if (expression.Compiled is Converted converted && converted.Type == returnType) return new(converted.Value);
            var value = returnType == typeof(string) ? Convert.ToString(expression.Value, CultureInfo.InvariantCulture) is { } text && expression.Value is not null ? text : null : expression.Value.ConvertTo(returnType);
            if (returnType.IsValueType || returnType == typeof(string)) expression.Compiled = new Converted(returnType, value);
            return new(value);
        }
    }

    private sealed record Converted(Type Type, object? Value);

    private sealed class ObjectHandler : IExpressionHandler
    {
        public ValueTask<object?> EvaluateAsync(Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
        {
            var value = expression.Value;
            if (value is string text)
            {
                if (string.IsNullOrWhiteSpace(text)) return new(returnType == typeof(string) ? text : ObjectConverter.ConvertTo(null, returnType));
                if (returnType == typeof(string) || returnType == typeof(object)) return new(text);
                value = Parse(text);
            }

            return new(value.ConvertTo(returnType, new(DeserializeJsonObjectToObject: true)));
        }

        private static object Parse(string text)
        {
            try
            {
                return JsonElement.Parse(text);
            }
            catch (JsonException)
            {
                // A bare word or date meant as such.
                return text;
            }
        }
    }

    private sealed class DelegateHandler : IExpressionHandler
    {
        public async ValueTask<object?> EvaluateAsync(Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options) =>
            expression.Value is Func<ExpressionExecutionContext, ValueTask<object?>> function ? (await function(context)).ConvertTo(returnType) : null;
    }

    private sealed class VariableHandler : IExpressionHandler
    {
        public ValueTask<object?> EvaluateAsync(Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
        {
            if (expression.Value is not Variable variable) return new((object?)null);
            if (!context.TryGet(variable, out var value) && variable.Name is { } name) value = context.GetVariableInScope(name);
            // As it is: who reads the input converts it. The record then shows what the variable really held.
            return new(value);
        }
    }

    private sealed class InputHandler : IExpressionHandler
    {
        public ValueTask<object?> EvaluateAsync(Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
        {
            var name = expression.Value as string ?? (expression.Value as InputDefinition)?.Name;
            return new((name is null ? null : context.GetInput(name)).ConvertTo(returnType));
        }
    }

    private sealed class OutputHandler : IExpressionHandler
    {
        public ValueTask<object?> EvaluateAsync(Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options) =>
            new((expression.Value is Output output && context.TryGet(output.MemoryBlockReference(), out var value) ? value : null).ConvertTo(returnType));
    }
}
