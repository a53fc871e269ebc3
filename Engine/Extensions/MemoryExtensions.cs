using Elsa.Expressions.Helpers;
using Elsa.Expressions.Models;
using Elsa.Workflows;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Extensions;

public static class InputExtensions
{
    public static T Get<T>(this Input<T> input, ActivityExecutionContext context, string? inputName = null) =>
        context.TryGet(input.MemoryBlockReference(), out var value)
            ? value.As<T>()!
            : throw new InvalidOperationException($"Input{(inputName is null ? "" : $" '{inputName}'")} of activity '{context.Activity.Id}' has no value.");

    public static T Get<T>(this Input<T> input, ExpressionExecutionContext context, string? inputName = null) =>
        context.TryGet(input.MemoryBlockReference(), out var value)
            ? value.As<T>()!
            : throw new InvalidOperationException($"Input{(inputName is null ? "" : $" '{inputName}'")} has no value.");

    public static T? GetOrDefault<T>(this Input<T>? input, ActivityExecutionContext context, Func<T>? defaultValue = null) =>
        input.GetOrDefault(context.ExpressionExecutionContext, defaultValue);

    public static T? GetOrDefault<T>(this Input<T>? input, ExpressionExecutionContext context, Func<T>? defaultValue = null)
    {
        var value = input is not null && context.TryGet(input.MemoryBlockReference(), out var found) ? found.As<T>() : default;
        return value is null && defaultValue is not null ? defaultValue() : value;
    }
}

public static class OutputExtensions
{
    public static void Set<T>(this Output<T>? output, ActivityExecutionContext context, T? value, string? outputName = null) => context.Set(output, value, outputName);
    public static void Set<T>(this Output<T>? output, ExpressionExecutionContext context, T? value)
    {
        if (context.TryGetActivityExecutionContext(out var activity)) activity.Set(output, value);
        else context.Set(output, (object?)value);
    }

    public static void Set<T>(this Output<T>? output, ActivityExecutionContext context, Variable<T> value) => context.Set(output, value.Get(context));
}

public static class MemoryBlockReferenceExtensions
{
    public static object? Get(this MemoryBlockReference reference, ActivityExecutionContext context) => context.Get(reference);
    public static T? Get<T>(this MemoryBlockReference reference, ActivityExecutionContext context) => context.Get<T>(reference);
    public static void Set(this MemoryBlockReference reference, ActivityExecutionContext context, object? value) => context.Set(reference, value);
    public static MemoryBlock GetBlock(this MemoryBlockReference reference, ExpressionExecutionContext context) => context.GetBlock(reference);
}

public static class VariableExtensions
{
    public static Type GetVariableType(this Variable variable) => variable.GetType() is { IsGenericType: true } type ? type.GenericTypeArguments[0] : typeof(object);

    /// <summary>A value in the type of the variable.</summary>
    public static object? ParseValue(this Variable variable, object? value) => ParseValue(variable.GetVariableType(), value);

    public static object? ParseValue(Type type, object? value) =>
        type == typeof(object) ? value : type == typeof(string) && value is bool flag ? flag ? "true" : "false" : value.ConvertTo(type);

    public static bool TryParseValue(this Variable variable, object? value, out object? parsedValue)
    {
        try
        {
            parsedValue = variable.ParseValue(value);
            return true;
        }
        catch (Elsa.Expressions.Exceptions.TypeConversionException)
        {
            parsedValue = null;
            return false;
        }
    }

    public static void Set(this Variable variable, ActivityExecutionContext context, object? value) =>
        context.ExpressionExecutionContext.Set(variable, variable.ParseValue(value));

    public static Variable WithWorkflowStorage(this Variable variable) => variable.WithStorage<WorkflowInstanceStorageDriver>();
    public static Variable<T> WithWorkflowStorage<T>(this Variable<T> variable) => (Variable<T>)variable.WithStorage<WorkflowInstanceStorageDriver>();
    public static Variable WithMemoryStorage(this Variable variable) => variable.WithStorage<MemoryStorageDriver>();
    public static Variable<T> WithMemoryStorage<T>(this Variable<T> variable) => (Variable<T>)variable.WithStorage<MemoryStorageDriver>();
    public static Variable WithStorage<T>(this Variable variable) => variable.WithStorage(typeof(T));

    public static Variable WithStorage(this Variable variable, Type storageDriverType)
    {
        variable.StorageDriverType = storageDriverType;
        return variable;
    }
}
