using System.Net.Http.Json;
using AgentOS.Kernel.Evidence;
using AgentOS.Testing.Git;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.Loop;

/// <summary>Projects of several kinds, whose checks are found by their files: a change that breaks them goes back, and the repaired one is merged.</summary>
public class ProjectKindsTests
{
    [Fact]
    public Task A_C_project_with_make() => DevelopsAsync("make test",
        [
            ("Makefile", "test: check\n\t./check\ncheck: sum.c check.c\n\tcc -Wall -Werror -o check sum.c check.c\n"),
            (".gitignore", "check\n"),
            ("sum.c", "int sum(int a, int b) { return a + b; }\n"),
            ("check.c", "int sum(int, int);\nint main(void) { return sum(2, 3) == 5 ? 0 : 1; }\n"),
        ],
        "sum.c", "int sum(int a, int b) { return a - b; }\n", "int sum(int a, int b) { return b + a; }\n");

    [Fact]
    public Task A_JavaScript_project() => DevelopsAsync("npm test",
        [
            ("package.json", """{ "name": "sum", "version": "1.0.0", "type": "module", "scripts": { "test": "node --test" } }"""),
            ("sum.js", "export const sum = (a, b) => a + b;\n"),
            ("sum.test.js", "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { sum } from './sum.js';\ntest('sum', () => assert.equal(sum(2, 3), 5));\n"),
        ],
        "sum.js", "export const sum = (a, b) => a - b;\n", "export const sum = (a, b) => b + a;\n");

    [Fact]
    public Task A_CSharp_project() => DevelopsAsync("dotnet run --project check",
        [
            (".agentos.yaml", "test: dotnet run --project check\n"),
            (".gitignore", "bin/\nobj/\n"),
            ("check/check.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>"""),
            ("check/Sum.cs", "static class Sum { public static int Of(int a, int b) => a + b; }\n"),
            ("check/Program.cs", "return Sum.Of(2, 3) == 5 ? 0 : 1;\n"),
        ],
        "check/Sum.cs", "static class Sum { public static int Of(int a, int b) => a - b; }\n", "static class Sum { public static int Of(int a, int b) => b + a; }\n");

    [Fact]
    public async Task A_CSharp_project_whose_tests_need_packages_that_its_setup_fetches()
    {
        using var feed = await LocalFeed.CreateAsync("xunit.v3");
        await DevelopsAsync("dotnet test --no-restore",
            [
                (".agentos.yaml", "setup: dotnet restore\ntest: dotnet test --no-restore\n"),
                (".gitignore", "bin/\nobj/\n"),
                ("global.json", """{ "test": { "runner": "Microsoft.Testing.Platform" } }"""),
                ("nuget.config", $"<configuration><packageSources><clear /><add key=\"local\" value=\"{feed.Path}\" /></packageSources></configuration>"),
                ("Checks.csproj", $"""
                    <Project Sdk="Microsoft.NET.Sdk">
                      <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                      <ItemGroup>{string.Concat(feed.Asked.Select(package => $"<PackageReference Include=\"{package.Name}\" Version=\"{package.Version}\" />"))}</ItemGroup>
                    </Project>
                    """),
                ("Sum.cs", "public static class Sum { public static int Of(int a, int b) => a + b; }\n"),
                ("SumTests.cs", "public class SumTests { [Xunit.Fact] public void Adds() => Xunit.Assert.Equal(5, Sum.Of(2, 3)); }\n"),
            ],
            "Sum.cs", "public static class Sum { public static int Of(int a, int b) => a - b; }\n", "public static class Sum { public static int Of(int a, int b) => b + a; }\n", feed.Path);
    }

    private static async Task DevelopsAsync(string check, (string, string)[] files, string file, string broken, string right, string? visible = null)
    {
        using var repository = await TestRepository.CreateAsync(files);
        await using var server = await LoopServer.StartAsync(new()
        {
            Planner = Team.Plan(Team.Task("One")),
            Coder = talk => talk.Turn switch
            {
                0 => Says.Calls(("write_file", new { path = file, content = talk.Attempt == 1 ? broken : right }), ("run_shell", new { command = check })),
                _ => Says.Finish("Done."),
            },
        });

        using (var added = await server.Owner.PostAsJsonAsync("/api/repositories", new { path = repository.Path, name = "project" })) added.EnsureSuccessStatusCode();
        if (visible is not null)
            using (var set = await server.Owner.PatchAsJsonAsync("/api/repositories/project", new { settings = new { folders = new { read = new[] { visible } } } })) set.EnsureSuccessStatusCode();
        var goal = await server.GiveAsync(repository.Path);
        var summary = await server.EndAsync(goal);

        summary.Ok.ShouldBeTrue($"{summary.Error} {await server.LogAsync()}");
        summary.Tasks.ShouldHaveSingleItem().Attempts.ShouldBe(2, await server.LogAsync());
        (await repository.GitAsync("show", $"main:{file}")).ShouldBe(right.Trim());
        var evidence = await server.Service<EvidenceStore>().ListAsync(summary.Tasks[0].Id, EvidenceKind.Test);
        evidence.Select(run => (run.Passed, run.Command)).ShouldBe([(false, check), (true, check)]);
    }
}
