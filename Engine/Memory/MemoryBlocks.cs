namespace Elsa.Expressions.Models;

/// <summary>A cell of memory: a value and what is known about it.</summary>
public class MemoryBlock
{
    public MemoryBlock() { }

    public MemoryBlock(object? value, object? metadata = null)
    {
        Value = value;
        Metadata = metadata;
    }

    public object? Value { get; set; }
    public object? Metadata { get; set; }
}

/// <summary>The name of a cell. What it holds depends on the register, or the context, in which it is looked up.</summary>
public class MemoryBlockReference
{
    public MemoryBlockReference() { }

    public MemoryBlockReference(string id) => Id = id;

    public string Id { get; set; } = null!;

    public virtual MemoryBlock Declare() => new();

    public bool IsDefined(MemoryRegister register) => register.HasBlock(Id);
    public MemoryBlock GetBlock(MemoryRegister memoryRegister) => memoryRegister.TryGetBlock(Id, out var block) ? block : memoryRegister.Declare(this);
    public object? Get(MemoryRegister memoryRegister) => GetBlock(memoryRegister).Value;
    public T? Get<T>(MemoryRegister memoryRegister) => Get(memoryRegister).As<T>();
    public object? Get(ExpressionExecutionContext context) => context.Get(this);
    public T? Get<T>(ExpressionExecutionContext context) => Get(context).As<T>();
    public bool TryGet(ExpressionExecutionContext context, out object? value) => context.TryGet(this, out value);
    public void Set(ExpressionExecutionContext context, object? value, Action<MemoryBlock>? configure = null) => context.Set(this, value, configure);

    public void Set(MemoryRegister memoryRegister, object? value, Action<MemoryBlock>? configure = null)
    {
        var block = GetBlock(memoryRegister);
        block.Value = value;
        configure?.Invoke(block);
    }
}

public class MemoryBlockReference<T> : MemoryBlockReference;

/// <summary>A set of cells by id: one for each activity execution.</summary>
public class MemoryRegister(IDictionary<string, MemoryBlock>? blocks = null)
{
    private IDictionary<string, MemoryBlock>? _blocks = blocks;

    public IDictionary<string, MemoryBlock> Blocks => _blocks ??= new Dictionary<string, MemoryBlock>();

    internal bool IsEmpty => _blocks is null or { Count: 0 };

    public bool IsDeclared(MemoryBlockReference reference) => HasBlock(reference.Id);
    public bool HasBlock(string id) => _blocks is not null && _blocks.ContainsKey(id);

    public bool TryGetBlock(string id, out MemoryBlock block)
    {
        if (_blocks is not null) return _blocks.TryGetValue(id, out block!);
        block = null!;
        return false;
    }

    public void Declare(IEnumerable<MemoryBlockReference> references)
    {
        foreach (var reference in references) Declare(reference);
    }

    public MemoryBlock Declare(MemoryBlockReference blockReference)
    {
        if (TryGetBlock(blockReference.Id, out var existing)) return existing;
        return Blocks[blockReference.Id] = blockReference.Declare();
    }
}
