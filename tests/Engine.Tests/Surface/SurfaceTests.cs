namespace AgentOS.Engine.Tests.Surface;

/// <summary>
/// What the engine shows under <c>Elsa.*</c> is a part of Elsa's public surface, so that an activity written for one compiles against the other.
/// The listing beside this test has the types that the engine has, with all their members.
/// </summary>
public sealed class SurfaceTests
{
    private static readonly Dictionary<string, HashSet<string>> Listing = Read();

    public static IEnumerable<Type> Types => typeof(EngineCore).Assembly.GetExportedTypes().Where(x => x.Namespace?.StartsWith("Elsa", StringComparison.Ordinal) == true && !x.IsNested);

    [Fact]
    public void Every_public_type_is_one_of_Elsas() =>
        Types.Select(Signatures.Key).Where(x => !Listing.ContainsKey(x)).ShouldBeEmpty();

    [Fact]
    public void Every_public_member_is_one_of_Elsas() =>
        Types.Where(x => Listing.ContainsKey(Signatures.Key(x))).SelectMany(type => Signatures.Of(type).Where(member => !Listing[Signatures.Key(type)].Contains(member)).Select(member => $"{Signatures.Key(type)}: {member}"))
            .ShouldBeEmpty();

    private static Dictionary<string, HashSet<string>> Read()
    {
        var result = new Dictionary<string, HashSet<string>>();
        HashSet<string>? members = null;
        var ns = "";
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Surface", "elsa.txt")))
        {
            if (line.StartsWith("namespace ", StringComparison.Ordinal)) ns = line[10..];
            else if (line.StartsWith("    ", StringComparison.Ordinal)) members!.Add(line.Trim());
            else result[$"{ns}.{line.Trim()}"] = members = [];
        }

        return result;
    }
}
