using System.Text;
using AgentOS.Testing.Listing;

namespace AgentOS.Server.Tests.TwoEngines;

/// <summary>
/// The listed types as C# without bodies, for a compiler to look names up in. Where the listing does not tell, it is generous: an array at the end is <c>params</c>,
/// the first parameter in a class of extensions is <c>this</c>, a text of a static class is constant.
/// </summary>
internal sealed class ElsaSource(ElsaNames names)
{
    // What the compiler writes for records, and what every object has.
    private static readonly HashSet<string> Left = ["EqualityContract", "PrintMembers", "Equals", "GetHashCode", "ToString", "<Clone>$"];

    public string Write(IEnumerable<ListedType> types)
    {
        var text = new StringBuilder("#nullable disable\n");
        foreach (var ns in types.GroupBy(type => type.Namespace))
        {
            text.AppendLine($"namespace {ns.Key} {{");
            foreach (var type in ns.GroupBy(type => type.Head)) text.AppendLine(Write(type.First() with { Members = [.. type.SelectMany(x => x.Members).Distinct()] }));
            text.AppendLine("}");
        }

        return text.Append(names.EmptyTypes).ToString();
    }

    private string Write(ListedType type)
    {
        var parameters = ElsaNames.Parts(type.Name).Arguments.ToHashSet();
        if (type.Head.StartsWith("enum ", StringComparison.Ordinal)) return $"public {type.Head} {{ {string.Join(", ", type.Members)} }}";
        if (type.Bases.Contains("MulticastDelegate"))
        {
            var invoke = type.Members.Single(member => member.Contains(" Invoke(", StringComparison.Ordinal)).Replace("virtual ", "", StringComparison.Ordinal);
            return "public delegate " + Signature(invoke, type, parameters, isExtension: false).Replace(" @Invoke(", $" {type.Name}(", StringComparison.Ordinal) + ";";
        }

        var isRecord = type.Members.Any(member => member.Contains(" PrintMembers(", StringComparison.Ordinal)) && !type.Head.Contains("struct ", StringComparison.Ordinal);
        var head = isRecord ? type.Head.Replace("class ", "record ", StringComparison.Ordinal) : type.Head.Replace("static class", "static partial class", StringComparison.Ordinal);
        var bases = type.Bases.Where(name => !isRecord || name != $"IEquatable<{type.Name}>").Select(name => names.Resolve(name, type.Namespace, parameters)).ToList();
        return $"public {head}{(bases.Count == 0 ? "" : " : " + string.Join(", ", bases))} {{\n{string.Concat(type.Members.Select(member => Member(member, type, parameters)))}}}";
    }

    private string Member(string line, ListedType type, IReadOnlySet<string> parameters)
    {
        string[] known = ["protected", "static", "abstract", "virtual"];
        var modifiers = line.Split(' ').TakeWhile(known.Contains).ToList();
        var rest = line[modifiers.Sum(word => word.Length + 1)..];
        var isInterface = type.Head.StartsWith("interface ", StringComparison.Ordinal);
        if (isInterface || type.Head.StartsWith("sealed ", StringComparison.Ordinal) || type.Head.Contains("struct ", StringComparison.Ordinal)) modifiers.Remove("virtual");
        if (!modifiers.Contains("protected")) modifiers.Insert(0, "public");
        var start = string.Join(' ', modifiers) + " ";
        if (rest.StartsWith("ctor(", StringComparison.Ordinal)) return rest == $"ctor({type.Name} original)" ? "" : $"  {start}{ElsaNames.Parts(type.Name).Name}({Parameters(rest[5..^1], type, parameters, isExtension: false)}) {{ }}\n";
        if (rest.EndsWith(';')) return "  " + Field(start, rest[..^1], type, parameters);
        if (rest.IndexOf(" {", StringComparison.Ordinal) is var accessors and >= 0)
        {
            var (kind, name) = Cut(rest[..accessors]);
            return Left.Contains(name) ? "" : $"  {start}{names.Resolve(kind, type.Namespace, parameters)} @{name}{rest[accessors..]}\n";
        }

        var isExtension = modifiers.Contains("static") && type.Head.StartsWith("static class", StringComparison.Ordinal) && type.Name.EndsWith("Extensions", StringComparison.Ordinal);
        var method = Signature(rest, type, parameters, isExtension);
        if (Left.Any(name => method.Contains($" @{name}(", StringComparison.Ordinal))) return "";
        return $"  {start}{method}{(isInterface || modifiers.Contains("abstract") ? ";" : " => throw null;")}\n";
    }

    private string Field(string start, string field, ListedType type, IReadOnlySet<string> parameters)
    {
        var (kind, name) = Cut(field);
        return kind == "string" && type.Head.StartsWith("static class", StringComparison.Ordinal)
            ? $"{start.Replace("static", "const", StringComparison.Ordinal)}string @{name} = \"{name}\";\n"
            : $"{start}{names.Resolve(kind, type.Namespace, parameters)} @{name};\n";
    }

    /// <param name="line"><c>Task&lt;T&gt; FindAsync&lt;T&gt;(string id, CancellationToken cancellationToken?)</c></param>
    private string Signature(string line, ListedType type, IReadOnlySet<string> parameters, bool isExtension)
    {
        var open = line.IndexOf('(', StringComparison.Ordinal);
        var (kind, name) = Cut(line[..open]);
        var (plain, own) = ElsaNames.Parts(name);
        HashSet<string> scope = [.. parameters, .. own];
        var generic = own.Length == 0 ? "" : $"<{string.Join(", ", own)}>";
        return $"{names.Resolve(kind, type.Namespace, scope)} @{plain}{generic}({Parameters(line[(open + 1)..^1], type, scope, isExtension, isTry: plain.StartsWith("Try", StringComparison.Ordinal) || plain == "Deconstruct")})";
    }

    private string Parameters(string list, ListedType type, IReadOnlySet<string> parameters, bool isExtension, bool isTry = false)
    {
        string[] all = [.. ListedType.Split(list)];
        return string.Join(", ", all.Select((item, at) =>
        {
            var isRef = item.StartsWith("ref ", StringComparison.Ordinal);
            var (kind, name) = Cut(isRef ? item[4..] : item);
            var optional = name.EndsWith('?');
            var before = isRef ? isTry ? "out " : "ref " : isExtension && at == 0 ? "this " : at == all.Length - 1 && kind.EndsWith("[]", StringComparison.Ordinal) && !optional ? "params " : "";
            return $"{before}{names.Resolve(kind, type.Namespace, parameters)} @{name.TrimEnd('?')}{(optional ? " = default" : "")}";
        }));
    }

    /// <summary>Type and name: the space between them is the last one outside of brackets.</summary>
    private static (string Type, string Name) Cut(string text)
    {
        var depth = 0;
        for (var at = text.Length - 1; at >= 0; at--)
        {
            if (text[at] == '>') depth++;
            else if (text[at] == '<') depth--;
            else if (text[at] == ' ' && depth == 0) return (text[..at], text[(at + 1)..]);
        }

        throw new FormatException($"'{text}' is no type with a name.");
    }
}
