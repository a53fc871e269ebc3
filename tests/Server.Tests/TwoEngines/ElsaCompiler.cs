using System.Reflection;
using System.Runtime.InteropServices;
using AgentOS.Testing.Listing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentOS.Server.Tests.TwoEngines;

/// <summary>Compiles our sources as they are built for Elsa's packages, which are not at hand: against types made from the listing.</summary>
public sealed class ElsaCompiler
{
    // Of types without bodies it does not matter that they leave members of their bases open (CS0534, CS0535, CS0737, CS0738), or do not call their constructors (CS1729, CS7036).
    private static readonly HashSet<string> Bodiless = ["CS0534", "CS0535", "CS0737", "CS0738", "CS1729", "CS7036"];

    private static readonly string[] NotForElsa = ["agentos", "AgentOS.Activities", "AgentOS.Engine", "Server.Tests"];

    private static readonly (string File, string Type)[] SdkGenerators =
    [
        ("Microsoft.Extensions.Logging.Generators.dll", "Microsoft.Extensions.Logging.Generators.LoggerMessageGenerator"),
        ("System.Text.Json.SourceGeneration.dll", "System.Text.Json.SourceGeneration.JsonSourceGenerator"),
        ("System.Text.RegularExpressions.Generator.dll", "System.Text.RegularExpressions.Generator.RegexGenerator"),
    ];

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);

    private readonly List<MetadataReference> _libraries;

    public ElsaCompiler()
    {
        _libraries = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => !NotForElsa.Contains(Path.GetFileNameWithoutExtension(file))).Select(file => MetadataReference.CreateFromFile(file))];
        var names = new ElsaNames(ListedType.All, _libraries);
        Elsa = Compile("Elsa", [("elsa.g.cs", new ElsaSource(names).Write(ListedType.All))], []);
        ElsaErrors = [.. names.Undecided, .. Errors(Elsa).Where(error => !Bodiless.Any(id => error.Contains(id, StringComparison.Ordinal)))];
    }

    /// <summary>The listed types.</summary>
    public Compilation Elsa { get; }

    /// <summary>What is wrong with <see cref="Elsa"/> itself.</summary>
    public IReadOnlyList<string> ElsaErrors { get; }

    public Compilation Compile(Project project, params Compilation[] references)
    {
        var usings = string.Concat(project.Usings.Select(name => $"global using {name};\n"));
        var compilation = Compile(project.AssemblyName, [("usings.g.cs", usings), .. project.Files.Select(file => (file, File.ReadAllText(file)))], [Elsa, .. references]);
        CSharpGeneratorDriver.Create(Generators(), parseOptions: Language).RunGeneratorsAndUpdateCompilation(compilation, out var complete, out _);
        return complete;
    }

    // Only errors count: what would be said on null need not be found out.
    public Compilation Compile(string name, IEnumerable<(string File, string Text)> sources, IEnumerable<Compilation> references) => CSharpCompilation.Create(name,
        sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, Language, source.File)),
        [.. _libraries, .. references.Select(reference => reference.ToMetadataReference())],
        new(name == "agentos" ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Annotations, concurrentBuild: true));

    /// <summary>With file and line.</summary>
    public static IReadOnlyList<string> Errors(Compilation compilation) =>
        [.. compilation.GetDiagnostics().Where(problem => problem.Severity == DiagnosticSeverity.Error).Select(problem => problem.ToString())];

    /// <summary>Those of the SDK whose work our sources rely on.</summary>
    private static IEnumerable<ISourceGenerator> Generators()
    {
        var packs = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "packs"));
        return SdkGenerators.Select(generator => Directory.EnumerateFiles(packs, generator.File, SearchOption.AllDirectories).Max() is { } file
                ? Assembly.LoadFrom(file).GetType(generator.Type, throwOnError: true)!
                : throw new FileNotFoundException($"{generator.File} is not below {packs}: the .NET SDK is not complete."))
            .Select(type => Activator.CreateInstance(type) switch
            {
                IIncrementalGenerator generator => generator.AsSourceGenerator(),
                var generator => (ISourceGenerator)generator!,
            });
    }
}
