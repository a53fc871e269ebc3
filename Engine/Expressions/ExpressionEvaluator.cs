using System.Collections.Concurrent;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;

namespace AgentOS.Engine.Expressions;

internal sealed class ExpressionEvaluator(IExpressionDescriptorRegistry registry, IServiceProvider services) : IExpressionEvaluator
{
    private readonly ConcurrentDictionary<string, IExpressionHandler> _handlers = new();

    public async ValueTask<T?> EvaluateAsync<T>(Expression expression, ExpressionExecutionContext context, ExpressionEvaluatorOptions? options = null) =>
        (T?)await EvaluateAsync(expression, typeof(T), context, options);

    public ValueTask<object?> EvaluateAsync(Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions? options = null)
    {
        if (!_handlers.TryGetValue(expression.Type, out var handler))
        {
            var descriptor = registry.Find(expression.Type) ?? throw new InvalidOperationException($"There is no expression syntax '{expression.Type}' here.");
            handler = _handlers.GetOrAdd(expression.Type, descriptor.HandlerFactory(services));
        }

        return handler.EvaluateAsync(expression, returnType, context, options ?? ExpressionEvaluatorOptions.Empty);
    }
}

internal sealed class ExpressionDescriptorRegistry : IExpressionDescriptorRegistry
{
    private readonly ConcurrentDictionary<string, ExpressionDescriptor> _descriptors = new();

    public ExpressionDescriptorRegistry(IEnumerable<IExpressionDescriptorProvider> providers)
    {
        foreach (var provider in providers) AddRange(provider.GetDescriptors());
    }

    public void Add(ExpressionDescriptor descriptor) => _descriptors[descriptor.Type] = descriptor;

    public void AddRange(IEnumerable<ExpressionDescriptor> descriptors)
    {
        foreach (var descriptor in descriptors) Add(descriptor);
    }

    public IEnumerable<ExpressionDescriptor> ListAll() => _descriptors.Values;
    public ExpressionDescriptor? Find(Func<ExpressionDescriptor, bool> predicate) => _descriptors.Values.FirstOrDefault(predicate);
    public ExpressionDescriptor? Find(string type) => _descriptors.GetValueOrDefault(type);
}
