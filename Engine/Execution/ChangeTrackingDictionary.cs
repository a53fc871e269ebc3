namespace Elsa.Workflows;

/// <summary>Tells when it is written to.</summary>
public class ChangeTrackingDictionary<TKey, TValue>(Action onChange) : Dictionary<TKey, TValue>, IDictionary<TKey, TValue> where TKey : notnull
{
    public new TValue this[TKey key]
    {
        get => base[key];
        set
        {
            base[key] = value;
            onChange();
        }
    }

    public new void Add(TKey key, TValue value)
    {
        base.Add(key, value);
        onChange();
    }

    public new bool Remove(TKey key)
    {
        var removed = base.Remove(key);
        if (removed) onChange();
        return removed;
    }

    internal void SetSilently(TKey key, TValue value) => base[key] = value;
}
