using System.CommandLine;
using AgentOS.Server.Cli;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>The command explains itself: who has no README has this.</summary>
public sealed class HelpTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    public static TheoryData<string> Verbs { get; } = [.. Leaves(AgentOSCommand.Create(), "")];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_says_what_it_does_describes_what_it_takes_and_has_examples_that_it_accepts(string verb)
    {
        var root = AgentOSCommand.Create();
        var command = root.Parse($"{verb} --help").CommandResult.Command;
        command.Description.ShouldNotBeNullOrWhiteSpace();
        foreach (var argument in command.Arguments) argument.Description.ShouldNotBeNullOrWhiteSpace($"{verb}: <{argument.Name}>");
        foreach (var option in command.Options) option.Description.ShouldNotBeNullOrWhiteSpace($"{verb}: {option.Name}");
        Help.ExamplesOf(command).ShouldNotBeEmpty(verb);
        foreach (var example in Help.ExamplesOf(command).Where(example => !example.Contains('<') && !example.Contains('>')))
            root.Parse(example["agentos ".Length..]).Errors.ShouldBeEmpty(example);
    }

    [Fact]
    public async Task Help_ends_with_the_examples()
    {
        var help = await server.Cli.RunAsync("task", "split", "--help");
        help.ExitCode.ShouldBe(0);
        help.StandardOutput.ShouldContain("Usage:");
        help.StandardOutput.ShouldContain("Example:\n  agentos task split ");
    }

    [Theory]
    [InlineData("ta", "task")]
    [InlineData("task sh", "show")]
    [InlineData("log --ev", "--event")]
    [InlineData("agent pause work", "worker-1")]
    [InlineData("cost --by mo", "model")]
    public async Task The_shell_completes_verbs_options_words_and_what_the_server_knows(string line, string expected)
    {
        var suggested = await server.Cli.RunAsync($"[suggest:{line.Length}]", line);
        suggested.ExitCode.ShouldBe(0, suggested.StandardError);
        suggested.StandardOutput.Split('\n').ShouldContain(expected);
    }

    [Fact]
    public async Task Bash_completes_with_the_script_that_it_is_given()
    {
        using var folder = new TemporaryFolder();
        // What a person has on PATH.
        var program = folder.In("agentos");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{Cli.Program}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        var script = (await server.Cli.RunAsync("completion", "bash")).StandardOutput;
        await File.WriteAllTextAsync(folder.In("try"), $"PATH={folder.Path}:$PATH\n{script}\nCOMP_LINE='agentos task sh'; COMP_POINT=15; COMP_WORDS=(agentos task sh); COMP_CWORD=2; _agentos; echo \"${{COMPREPLY[@]}}\"\n");

        var completed = await CliWrap.Buffered.BufferedCommandExtensions.ExecuteBufferedAsync(CliWrap.Cli.Wrap("bash").WithArguments(["--norc", folder.In("try")]).WithEnvironmentVariables(server.Cli.Variables));

        completed.StandardOutput.Trim().ShouldBe("show");
    }

    private static IEnumerable<string> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? [path.Trim()]
        : [.. command.Action is not null && command is not RootCommand ? [path.Trim()] : Array.Empty<string>(), .. command.Subcommands.SelectMany(below => Leaves(below, $"{path} {below.Name}"))];
}
