using System.Text.Json;
using CliWrap.Buffered;

namespace AgentOS.Server.Tests.TwoEngines;

/// <summary>What a project consists of when it is built for Elsa's packages, as MSBuild says.</summary>
public sealed record Project(string AssemblyName, IReadOnlyList<string> Files, IReadOnlyList<string> Usings, IReadOnlyList<string> Packages, IReadOnlyList<string> References)
{
    public static async Task<Project> ReadAsync(string name)
    {
        var file = Path.Combine(HouseTests.Root, name, name + ".csproj");
        var answer = await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(["msbuild", file, "-p:Engine=Elsa", "-nologo", "-nodeReuse:false", "-getProperty:AssemblyName", "-getItem:Compile,Using,PackageReference,ProjectReference"])
            .ExecuteBufferedAsync();
        using var document = JsonDocument.Parse(answer.StandardOutput);
        var items = document.RootElement.GetProperty("Items");
        List<string> All(string kind, string what = "Identity") => [.. items.GetProperty(kind).EnumerateArray().Select(item => item.GetProperty(what).GetString()!)];
        return new(document.RootElement.GetProperty("Properties").GetProperty(nameof(AssemblyName)).GetString()!, All("Compile", "FullPath"), All("Using"), All("PackageReference"),
            [.. All("ProjectReference").Select(Path.GetFileNameWithoutExtension)!]);
    }
}

/// <summary>The projects that use an engine. MSBuild takes a while to say what is in them.</summary>
public sealed class Projects
{
    public Task<(Project Activities, Project Server)> Read { get; } = ReadAsync();

    private static async Task<(Project, Project)> ReadAsync()
    {
        var (activities, server) = (Project.ReadAsync("Activities"), Project.ReadAsync("Server"));
        return (await activities, await server);
    }
}
