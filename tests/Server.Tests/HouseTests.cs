using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>The rules of the house that a compiler does not hold.</summary>
public partial class HouseTests
{
    private const int LongestFile = 400;

    internal static readonly string Root = FindRoot();

    [Theory]
    [InlineData("Kernel", "")]
    [InlineData("Engine", "")]
    [InlineData("Activities", "Engine Kernel")]
    [InlineData("Studio", "Kernel")]
    [InlineData("Server", "Activities Engine Kernel Studio")]
    public void References_run_one_way(string project, string allowed)
    {
        var references = XDocument.Load(Path.Combine(Root, project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        references.ShouldBeSubsetOf(allowed.Split(' '));
    }

    [Fact]
    public void No_source_file_is_too_long_to_be_read()
    {
        var tooLong = Sources().Where(file => File.ReadLines(file).Count() > LongestFile);

        tooLong.Select(file => Path.GetRelativePath(Root, file)).ShouldBeEmpty();
    }

    [Fact]
    public void No_file_is_a_bucket()
    {
        string[] buckets = ["Utils", "Utilities", "Helpers", "Helper", "Common", "Managers", "Manager"];

        Sources().Where(file => buckets.Any(bucket => Path.GetFileNameWithoutExtension(file).EndsWith(bucket, StringComparison.Ordinal)))
            .Select(file => Path.GetRelativePath(Root, file)).ShouldBeEmpty();
    }

    [Fact]
    public void Elsa_and_AspNet_stay_out_of_the_kernel()
    {
        var kernel = typeof(Kernel.AgentOSException).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!);

        kernel.Where(name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.Contains("Elsa", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    /// <summary>The other engine has these files to replace, and no more.</summary>
    [Fact]
    public void What_is_only_our_engines_stays_in_the_file_that_hosts_it()
    {
        var own = Sources("Activities", "Kernel", "Server", "Studio")
            .Where(file => OfOurEngine().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Root, file));

        own.ShouldBe([Path.Combine("Server", "Hosting", "EngineSetup.BuiltIn.cs")]);
    }

    private static IEnumerable<string> Sources() => Sources("Kernel", "Engine", "Activities", "Server", "Studio", "tests");

    private static IEnumerable<string> Sources(params string[] folders) =>
        folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor" or ".js" or ".css" or ".sql")
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules" or "wwwroot"));

    /// <summary>Its namespaces, and its tables.</summary>
    [GeneratedRegex(@"\bAgentOS\.Engine\b|\b(FROM|JOIN|INTO|UPDATE)\s+engine\.\w")]
    private static partial Regex OfOurEngine();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "AgentOS.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
