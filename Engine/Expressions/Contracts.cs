using Elsa.Expressions.Models;

namespace Elsa.Expressions.Contracts;

/// <summary>Evaluates one syntax.</summary>
public interface IExpressionHandler
{
    ValueTask<object?> EvaluateAsync(Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options);
}

public interface IExpressionEvaluator
{
    ValueTask<T?> EvaluateAsync<T>(Expression expression, ExpressionExecutionContext context, ExpressionEvaluatorOptions? options = null);
    ValueTask<object?> EvaluateAsync(Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions? options = null);
}

public interface IExpressionDescriptorProvider
{
    IEnumerable<ExpressionDescriptor> GetDescriptors();
}

public interface IExpressionDescriptorRegistry
{
    void Add(ExpressionDescriptor descriptor);
    void AddRange(IEnumerable<ExpressionDescriptor> descriptors);
    IEnumerable<ExpressionDescriptor> ListAll();
    ExpressionDescriptor? Find(Func<ExpressionDescriptor, bool> predicate);
    ExpressionDescriptor? Find(string type);
}

/// <summary>The only types that JSON can name.</summary>
public interface IWellKnownTypeRegistry
{
    void RegisterType(Type type, string alias);
    bool TryGetAlias(Type type, out string alias);
    bool TryGetType(string alias, out Type type);
    IEnumerable<Type> ListTypes();
}
