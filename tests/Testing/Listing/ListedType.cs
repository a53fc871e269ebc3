using System.Text.RegularExpressions;

namespace AgentOS.Testing.Listing;

/// <summary>
/// A public type of Elsa 3.8, from <c>elsa.txt</c>: the lines that a listing of its assemblies has on the types that ours offer or use. The listing tells names, kinds,
/// base types and members; it tells nothing of attributes, constraints of type parameters, nullable references, operators and indexers.
/// </summary>
/// <param name="Head">Kind and name: <c>abstract class Activity&lt;T&gt;</c>.</param>
/// <param name="Bases">The base class and all interfaces, inherited ones too.</param>
public sealed partial record ListedType(string Namespace, string Head, string Name, IReadOnlyList<string> Bases, IReadOnlyList<string> Members)
{
    private static readonly Lazy<IReadOnlyList<ListedType>> Read = new(() => Parse(ListingFile.Lines("elsa.txt")));

    public static IReadOnlyList<ListedType> All => Read.Value;

    public string Key => $"{Namespace}.{Name}";

    public static IReadOnlyList<ListedType> Parse(IEnumerable<string> lines)
    {
        List<ListedType> types = [];
        var ns = "";
        foreach (var line in lines)
        {
            if (line.StartsWith("namespace ", StringComparison.Ordinal)) ns = line[10..];
            else if (line.StartsWith("    ", StringComparison.Ordinal)) ((List<string>)types[^1].Members).Add(line.Trim());
            else if (Header().Match(line) is { Success: true } head)
                types.Add(new(ns, head.Groups["head"].Value, head.Groups["name"].Value, [.. Split(head.Groups["bases"].Value)], new List<string>()));
            else throw new FormatException($"elsa.txt has a line that is no namespace, type or member: '{line}'");
        }

        return types;
    }

    /// <summary>Splits at the commas that are outside of brackets.</summary>
    public static IEnumerable<string> Split(string list)
    {
        var (depth, from) = (0, 0);
        for (var at = 0; at < list.Length; at++)
        {
            if (list[at] == '<') depth++;
            else if (list[at] == '>') depth--;
            else if (list[at] == ',' && depth == 0)
            {
                yield return list[from..at].Trim();
                from = at + 1;
            }
        }

        if (list[from..].Trim() is { Length: > 0 } last) yield return last;
    }

    [GeneratedRegex(@"^  (?<head>(static |abstract |sealed )?(class|interface|struct|enum) (?<name>.+?))( : (?<bases>.+))?$")]
    private static partial Regex Header();
}
