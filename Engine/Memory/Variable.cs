using Elsa.Expressions.Models;

namespace Elsa.Workflows.Memory;

/// <summary>A named cell, declared by the container (or workflow) that holds it.</summary>
public class Variable : MemoryBlockReference
{
    public Variable() { }
    public Variable(string name) => Name = name;
    public Variable(string name, object? value = null) : this(name) => Value = value;
    public Variable(string name, object? value = null, string? id = null) : this(name, value) => Id = id!;

    public string Name { get; set; } = null!;
    public object? Value { get; set; }

    /// <summary>Where the value is kept while the workflow is idle; null: nowhere.</summary>
    public Type? StorageDriverType { get; set; }

    public override MemoryBlock Declare() => new(Value, new VariableBlockMetadata(this, StorageDriverType, false));
}

public class Variable<T> : Variable
{
    public Variable() => Id = Guid.NewGuid().ToString();
    public Variable(T value) : this() => Value = value;
    public Variable(string name, T value) : this(value) => Name = name;

    public Variable(string name, T value, string? id = null) : base(name, value, id)
    {
        if (id is null) Id = Guid.NewGuid().ToString();
    }

    public T? Get(ActivityExecutionContext context) => Get(context.ExpressionExecutionContext);
    public new T? Get(ExpressionExecutionContext context) => ((MemoryBlockReference)this).Get<T>(context);

    public Variable<T> WithId(string id)
    {
        Id = id;
        return this;
    }

    public Variable<T> WithName(string name)
    {
        Name = name;
        return this;
    }

    public Variable<T> WithValue(T value)
    {
        Value = value;
        return this;
    }

    public Variable<T> WithStorageDriver<TDriver>() where TDriver : IStorageDriver
    {
        StorageDriverType = typeof(TDriver);
        return this;
    }
}

/// <summary>What a cell knows of the variable that it belongs to.</summary>
public record VariableBlockMetadata(Variable Variable, Type? StorageDriverType, bool IsInitialized);
