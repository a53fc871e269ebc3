using System.Collections.Immutable;
using AgentOS.Testing.Listing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentOS.Server.Tests.TwoEngines;

/// <summary>
/// The listing names types without their namespaces. This finds them: first among Elsa's own, near the one that speaks of them, then in the frameworks at hand.
/// What is in neither belongs to a library that is not here, and becomes an empty type.
/// </summary>
internal sealed class ElsaNames
{
    /// <summary>Names in libraries that are not at hand which a framework has for something else.</summary>
    private static readonly HashSet<string> Foreign = ["Options"];

    private static readonly HashSet<string> Words = ["string", "int", "bool", "object", "long", "double", "void"];

    private const string Unlisted = "Elsa.Unlisted";

    private readonly ILookup<(string Name, int Arity), string> _listed;
    private readonly ILookup<(string Name, int Arity), string> _libraries;
    private readonly Dictionary<string, string> _empty = [];

    public ElsaNames(IEnumerable<ListedType> types, IEnumerable<MetadataReference> references)
    {
        _listed = types.Select(type => (Key(type.Name), type.Namespace)).Distinct().ToLookup(x => x.Item1, x => x.Namespace);
        _libraries = Public(CSharpCompilation.Create("names", references: references).GlobalNamespace).Distinct().ToLookup(x => x.Item1, x => x.Namespace);
    }

    /// <summary>Names that could be several types.</summary>
    public ISet<string> Undecided { get; } = new SortedSet<string>(StringComparer.Ordinal);

    /// <summary>Empty types for what is in no library at hand.</summary>
    public string EmptyTypes => $"namespace {Unlisted} {{\n{string.Join('\n', _empty.Values)}\n}}\n";

    /// <param name="type">As the listing has it: <c>IDictionary&lt;string, Input[]&gt;</c>.</param>
    /// <param name="near">The namespace that speaks of it.</param>
    /// <param name="parameters">Type parameters that are in scope.</param>
    public string Resolve(string type, string near, IReadOnlySet<string> parameters)
    {
        if (type.EndsWith("[]", StringComparison.Ordinal)) return Resolve(type[..^2], near, parameters) + "[]";
        if (type.EndsWith('?')) return Resolve(type[..^1], near, parameters, isStruct: true) + "?";
        return Resolve(type, near, parameters, isStruct: false);
    }

    private string Resolve(string type, string near, IReadOnlySet<string> parameters, bool isStruct)
    {
        if (Words.Contains(type) || parameters.Contains(type)) return type;
        var (name, arguments) = Parts(type);
        var ns = Namespace(name, arguments.Length, near, isStruct);
        return $"global::{ns}.{name}" + (arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(x => Resolve(x, near, parameters)))}>");
    }

    private string Namespace(string name, int arity, string near, bool isStruct)
    {
        if (Best(_listed[(name, arity)], ns => Common(ns, near)) is { } own) return own;
        string[] library = [.. _libraries[(name, arity)].Where(ns => Nearness(ns) > 0 && !Foreign.Contains(name))];
        if (Best(library, Nearness) is { } found) return found;
        if (_listed.Contains((name, arity)) || library.Length > 0)
            Undecided.Add($"'{name}' near {near} could be of {string.Join(" or ", _listed[(name, arity)].Concat(library))}: leave the one out that is not used.");
        return Declare(name, arity, isStruct);
    }

    /// <summary>The one candidate that is nearest.</summary>
    private static string? Best(IEnumerable<string> candidates, Func<string, int> nearness) =>
        candidates.GroupBy(nearness).MaxBy(x => x.Key) is { } best && best.Count() == 1 ? best.Single() : null;

    // Our libraries are not Elsa's: that one of them has a type of a name says nothing.
    private static int Nearness(string ns) => ns == "System" ? 3
        : ns.StartsWith("System.", StringComparison.Ordinal) ? 2
        : ns.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) || ns.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) || ns.StartsWith("Microsoft.Net.", StringComparison.Ordinal) ? 1
        : 0;

    private static int Common(string one, string other) => one.Split('.').Zip(other.Split('.')).TakeWhile(x => x.First == x.Second).Count() * 2 + (one == other ? 1 : 0);

    private string Declare(string name, int arity, bool isStruct)
    {
        var kind = isStruct ? "struct" : name is ['I', >= 'A' and <= 'Z', ..] ? "interface" : "class";
        _empty.TryAdd($"{name}`{arity}", $"public {kind} {name}{(arity == 0 ? "" : $"<{string.Join(", ", Enumerable.Range(1, arity).Select(x => $"T{x}"))}>")} {{ }}");
        return Unlisted;
    }

    public static (string Name, ImmutableArray<string> Arguments) Parts(string type) =>
        type.IndexOf('<') is var at and >= 0 ? (type[..at], [.. ListedType.Split(type[(at + 1)..^1])]) : (type, []);

    private static (string, int) Key(string type) => Parts(type) is var (name, arguments) ? (name, arguments.Length) : default;

    private static IEnumerable<((string, int), string Namespace)> Public(INamespaceSymbol ns) =>
        ns.GetTypeMembers().Where(type => type.DeclaredAccessibility == Accessibility.Public).Select(type => ((type.Name, type.Arity), ns.ToDisplayString()))
            .Concat(ns.GetNamespaceMembers().SelectMany(Public));
}
