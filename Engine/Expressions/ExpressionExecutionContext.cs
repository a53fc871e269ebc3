using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace Elsa.Expressions.Models;

/// <summary>Where an expression is evaluated: a register of memory, and the registers around it.</summary>
public class ExpressionExecutionContext(
    IServiceProvider serviceProvider,
    MemoryRegister memory,
    ExpressionExecutionContext? parentContext = null,
    IDictionary<object, object>? transientProperties = null,
    Action? onChange = null,
    CancellationToken cancellationToken = default)
{
    private IDictionary<object, object>? _transientProperties = transientProperties;

    internal ActivityExecutionContext? Activity;
    internal WorkflowExecutionContext? Workflow;

    public IServiceProvider ServiceProvider { get; } = serviceProvider;
    public MemoryRegister Memory { get; } = memory;
    public ExpressionExecutionContext? ParentContext { get; set; } = parentContext;
    public CancellationToken CancellationToken { get; } = cancellationToken;

    public IDictionary<object, object> TransientProperties
    {
        get => _transientProperties ??= new Dictionary<object, object>();
        set => _transientProperties = value;
    }

    internal bool TryGetTransient(object key, out object? value)
    {
        value = null;
        return _transientProperties is not null && _transientProperties.TryGetValue(key, out value);
    }

    public T GetRequiredService<T>() where T : notnull => ServiceProvider.GetRequiredService<T>();

    public bool TryGetBlock(MemoryBlockReference blockReference, out MemoryBlock block)
    {
        for (var context = this; context is not null; context = context.ParentContext)
            if (context.Memory.TryGetBlock(blockReference.Id, out block)) return true;
        block = null!;
        return false;
    }

    public MemoryBlock GetBlock(MemoryBlockReference blockReference) => TryGetBlock(blockReference, out var block)
        ? block
        : throw new KeyNotFoundException($"No memory is declared under the id '{blockReference.Id}'.");

    public MemoryBlock GetBlock(Func<MemoryBlockReference> blockReference) => GetBlock(blockReference());

    public bool TryGet(MemoryBlockReference blockReference, out object? value)
    {
        var found = TryGetBlock(blockReference, out var block);
        value = found ? block.Value : null;
        return found;
    }

    public object? Get(MemoryBlockReference blockReference) => GetBlock(blockReference).Value;
    public object? Get(Func<MemoryBlockReference> blockReference) => Get(blockReference());
    public T? Get<T>(MemoryBlockReference blockReference) => Get(blockReference).As<T>();
    public T? Get<T>(Func<MemoryBlockReference> blockReference) => Get<T>(blockReference());

    public void Set(MemoryBlockReference blockReference, object? value, Action<MemoryBlock>? configure = null)
    {
        var block = TryGetBlock(blockReference, out var existing) ? existing : Memory.Declare(blockReference);
        block.Value = value;
        configure?.Invoke(block);
        onChange?.Invoke();
    }

    public void Set(Func<MemoryBlockReference> blockReference, object? value, Action<MemoryBlock>? configure = null) => Set(blockReference(), value, configure);
}
