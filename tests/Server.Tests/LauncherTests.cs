using CliWrap;
using CliWrap.Buffered;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>
/// When the launcher builds, and when it does not: the real script on a small installation, with a <c>dotnet</c> that notes how it is called
/// instead of building for a minute.
/// </summary>
public sealed class LauncherTests : IDisposable
{
    private const string Dotnet =
        """
        #!/bin/sh
        echo "$1" >> "$NOTES"
        case $1 in
          --list-sdks) echo "10.0.100 [/sdk]" ;;
          publish)
            [ ! -e "$BROKEN" ] || { echo "error CS1002: ; expected"; exit 1; }
            while [ "$1" != -o ]; do shift; done
            mkdir -p "$2" && touch "$2/agentos.dll" ;;
          */agentos.dll) shift; echo "ran: $*" ;;
        esac
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _launcher;
    private readonly Dictionary<string, string?> _variables;

    public LauncherTests()
    {
        _launcher = Write("home/agentos", File.ReadAllText(Path.Combine(HouseTests.Root, "agentos")), executable: true);
        Write("home/Server/Program.cs", "return 0;");
        Write("home/Kernel/Tasks.cs", "class Tasks;");
        Write("bin/dotnet", Dotnet, executable: true);
        foreach (var program in (string[])["node", "npm", "git", "bwrap"]) Write($"bin/{program}", "#!/bin/sh\necho v20.0.0\n", executable: true);
        _variables = new() { ["PATH"] = $"{_folder.In("bin")}:/usr/bin:/bin", ["NOTES"] = _folder.In("notes"), ["BROKEN"] = _folder.In("broken") };
    }

    private int Builds => File.ReadAllLines(_folder.In("notes")).Count(line => line == "publish");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_builds_once_and_hands_everything_on()
    {
        (await RunAsync("task", "create", "two words", "--json")).StandardOutput.ShouldBe("ran: task create two words --json\n");
        var second = await RunAsync("doctor");
        second.StandardError.ShouldBeEmpty();
        Builds.ShouldBe(1);
    }

    [Fact]
    public async Task It_builds_again_when_a_source_changed_came_or_went()
    {
        await RunAsync("doctor");
        Write("home/Kernel/Tasks.cs", "class Tasks { }");
        await RunAsync("doctor");
        Builds.ShouldBe(2);
        Write("home/Server/Api/New.cs", "class New;");
        await RunAsync("doctor");
        Builds.ShouldBe(3);
        File.Delete(_folder.In("home/Kernel/Tasks.cs"));
        await RunAsync("doctor");
        Builds.ShouldBe(4);
        Write("home/Server/obj/made-by-the-build.cs", "class Made;");
        Write("home/README.md", "Read me");
        await RunAsync("doctor");
        Builds.ShouldBe(4);
    }

    [Fact]
    public async Task It_works_through_a_link_and_from_anywhere()
    {
        Directory.CreateDirectory(_folder.In("elsewhere"));
        File.CreateSymbolicLink(_folder.In("elsewhere/agentos"), "../home/agentos");

        var result = await CliWrap.Cli.Wrap(_folder.In("elsewhere/agentos")).WithArguments("doctor").WithWorkingDirectory("/").WithEnvironmentVariables(_variables).ExecuteBufferedAsync();

        result.StandardOutput.ShouldBe("ran: doctor\n");
        Directory.Exists(_folder.In("home/artifacts/builds")).ShouldBeTrue();
    }

    [Fact]
    public async Task Started_many_times_at_once_it_builds_once()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RunAsync("doctor")));

        results.ShouldAllBe(result => result.StandardOutput == "ran: doctor\n");
        Builds.ShouldBe(1);
    }

    [Fact]
    public async Task A_build_that_fails_is_shown_and_runs_nothing_but_stop()
    {
        await RunAsync("doctor");
        Write("broken", "");
        Write("home/Kernel/Tasks.cs", "class Tasks {");

        var result = await RunAsync("doctor");
        result.ExitCode.ShouldBe(1);
        result.StandardOutput.ShouldBeEmpty();
        result.StandardError.ShouldContain("CS1002");
        (await RunAsync("stop")).StandardOutput.ShouldBe("ran: stop\n");
    }

    private async Task<BufferedCommandResult> RunAsync(params string[] arguments) =>
        await CliWrap.Cli.Wrap(_launcher).WithArguments(arguments).WithEnvironmentVariables(_variables).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();

    private string Write(string name, string content, bool executable = false)
    {
        var file = _folder.In(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        if (executable && !OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }
}
