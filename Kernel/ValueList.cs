using System.Collections;
using System.Runtime.CompilerServices;

namespace AgentOS.Kernel;

/// <summary>A list that equals another when each of its parts does: what was read again and is as before needs not be drawn again.</summary>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Of))]
public sealed class ValueList<T>(IReadOnlyList<T> parts) : IReadOnlyList<T>, IEquatable<ValueList<T>> where T : notnull
{
    public int Count => parts.Count;

    public T this[int index] => parts[index];

    /// <summary>These parts, with those that were there before as the same objects: who looks at them next sees by a glance what changed.</summary>
    /// <param name="key">What tells parts apart whatever changes about them.</param>
    /// <returns>The list from before, where nothing changed.</returns>
    public ValueList<T> KeepFrom<TKey>(ValueList<T> before, Func<T, TKey> key, Func<T, T, T>? keep = null) where TKey : notnull
    {
        var known = before.ToDictionary(key);
        T[] now = [.. parts.Select(part => !known.TryGetValue(key(part), out var was) ? part : part.Equals(was) ? was : keep is null ? part : keep(was, part))];
        return now.SequenceEqual(before) ? before : new(now);
    }

    public IEnumerator<T> GetEnumerator() => parts.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(ValueList<T>? other) => other is not null && (ReferenceEquals(this, other) || parts.SequenceEqual(other));

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode() => Count == 0 ? 0 : HashCode.Combine(Count, this[0], this[^1]);
}

/// <summary>Makes <c>[…]</c> a <see cref="ValueList{T}"/>.</summary>
public static class ValueList
{
    public static ValueList<T> Of<T>(ReadOnlySpan<T> parts) where T : notnull => new(parts.ToArray());
}
