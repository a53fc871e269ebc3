using AgentOS.Testing.Listing;

namespace AgentOS.Engine.Tests.Surface;

/// <summary>
/// What the engine shows under <c>Elsa.*</c> is a part of Elsa's public surface, so that an activity written for one compiles against the other.
/// A type that is added has its lines, all of them, added to <c>elsa.txt</c> of the project Testing.
/// </summary>
public sealed class SurfaceTests
{
    private static readonly ILookup<string, ListedType> Listing = ListedType.All.ToLookup(type => type.Key);

    private static readonly ILookup<string, ListedType> ByName = ListedType.All.ToLookup(type => type.Name);

    private static readonly Type[] Types = [.. typeof(EngineCore).Assembly.GetExportedTypes().Where(x => x.Namespace?.StartsWith("Elsa", StringComparison.Ordinal) == true)];

    private static IEnumerable<(Type Type, IEnumerable<ListedType> Listed)> Known => Types.Where(x => Listing.Contains(Signatures.Key(x))).Select(x => (x, Listing[Signatures.Key(x)]));

    [Fact]
    public void Every_public_type_is_one_of_Elsas() => Types.Select(Signatures.Key).Where(x => !Listing.Contains(x)).ShouldBeEmpty();

    [Fact]
    public void Every_public_type_is_of_the_kind_that_Elsas_is() =>
        Known.Where(x => x.Listed.All(listed => listed.Head != Signatures.Head(x.Type))).Select(x => $"{Signatures.Key(x.Type)} is no '{Signatures.Head(x.Type)}' but '{x.Listed.First().Head}'").ShouldBeEmpty();

    [Fact]
    public void Every_public_type_has_only_bases_that_Elsas_has() =>
        Known.Where(x => !x.Type.IsEnum && !typeof(Delegate).IsAssignableFrom(x.Type))
            .SelectMany(x => Signatures.Bases(x.Type).Except(x.Listed.SelectMany(Ancestors)).Select(missing => $"{Signatures.Key(x.Type)} is no {missing}")).ShouldBeEmpty();

    [Fact]
    public void Every_public_member_is_one_of_Elsas() =>
        Known.Where(x => !x.Type.IsEnum).SelectMany(x =>
        {
            var listed = x.Listed.SelectMany(y => y.Members).Select(Member.Parse).ToLookup(y => y.Signature);
            return Signatures.Of(x.Type).Select(member => (Member: member, Reason: member.Exceeds(listed[member.Signature].FirstOrDefault()))).Where(y => y.Reason is not null)
                .Select(y => $"{Signatures.Key(x.Type)}: {y.Member}: {y.Reason}");
        }).ShouldBeEmpty();

    [Fact]
    public void What_a_derived_class_must_implement_is_the_same() =>
        Known.Where(x => x.Type is { IsAbstract: true, IsSealed: false, IsInterface: false })
            .SelectMany(x => x.Listed.SelectMany(y => y.Members).Select(Member.Parse).Where(y => y.Abstract).Select(y => y.Signature).Except(Signatures.Of(x.Type).Select(y => y.Signature)).Select(y => $"{Signatures.Key(x.Type)}: {y}"))
            .ShouldBeEmpty();

    [Fact]
    public void Every_enumeration_has_values_of_Elsas_in_their_order()
    {
        foreach (var (type, listed) in Known.Where(x => x.Type.IsEnum))
        {
            string[] all = [.. listed.SelectMany(x => x.Members).SelectMany(ListedType.Split)], own = Enum.GetNames(type);
            all.Where(own.Contains).ShouldBe(own, Signatures.Key(type));
        }
    }

    /// <summary>Its bases and theirs.</summary>
    private static IEnumerable<string> Ancestors(ListedType type) => type.Bases.Concat(type.Bases.SelectMany(x => ByName[x]).Where(x => x.Key != type.Key).SelectMany(Ancestors));
}
