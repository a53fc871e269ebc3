using AgentOS.Activities.Shell;

namespace AgentOS.Activities.Tests.Shell;

public sealed class SandboxTests : IDisposable
{
    private readonly TemporaryFolder workspace = new();
    private readonly Sandbox sandbox = new(new());

    public void Dispose() => workspace.Dispose();

    private Task<CommandResult> Run(string command, SandboxPolicy? policy = null, Action<string>? onOutput = null, CancellationToken cancel = default) =>
        sandbox.RunAsync(new(command, workspace.Path) { Policy = policy ?? SandboxPolicy.Default }, onOutput, cancel);

    private static SandboxPolicy Limited(SandboxLimits limits) => SandboxPolicy.Default with { Limits = limits };

    [Fact]
    public async Task A_command_works_in_its_workspace_and_reports_how_it_ended()
    {
        var result = await Run("pwd; echo hello > made; echo oops >&2; exit 3");

        result.ExitCode.ShouldBe(3);
        result.Output.ShouldBe("/workspace\noops\n");
        result.Succeeded.ShouldBeFalse();
        (await File.ReadAllTextAsync(workspace["made"])).ShouldBe("hello\n");
    }

    [Fact]
    public async Task Nothing_else_of_the_machine_is_visible_or_writable()
    {
        using var secret = new TemporaryFolder();
        secret.Write("token", "secret");

        var result = await Run(
            $"""
            cat {secret.Path}/token /etc/shadow /root/.bashrc "$HOME/.bashrc" 2>/dev/null
            touch /usr/x /etc/x /x /dev/x 2>/dev/null
            ls -A /home /mnt /srv /run /sys /etc/ssh 2>/dev/null
            ls /proc | grep -c '^[0-9]'
            whoami; hostname
            """);

        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture).ShouldBeLessThan(8);
        lines[1..].ShouldBe(["agent", "agentos"]);
        File.Exists("/usr/x").ShouldBeFalse();
    }

    [Fact]
    public async Task The_environment_is_built_from_nothing()
    {
        Environment.SetEnvironmentVariable("AGENTOS_TEST_SECRET", "secret");
        var policy = SandboxPolicy.Default with { Environment = new Dictionary<string, string> { ["ASKED"] = "yes" } };

        var output = (await Run("env; cat /proc/1/environ", policy)).Output;

        output.ShouldContain("ASKED=yes");
        output.ShouldNotContain("secret");
    }

    [Fact]
    public async Task There_is_no_network_but_loopback()
    {
        var output = (await Run("cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' '; (echo > /dev/tcp/1.1.1.1/80) 2>&1 | grep -o -m1 unreachable | head -1")).Output;

        output.ShouldBe("lo\nunreachable\n");
    }

    [Fact]
    public async Task A_command_without_end_is_ended_with_all_that_it_started()
    {
        var result = await Run("sleep 1000 & (setsid sleep 1000 &) ; echo started; wait", Limited(new() { Time = TimeSpan.FromMilliseconds(300) }));

        result.TimedOut.ShouldBeTrue();
        result.ExitCode.ShouldBe(124);
        result.Output.ShouldBe("started\n");
        result.StoppedBy.ShouldBe("its time limit of 0.3 seconds");
    }

    [Fact]
    public async Task A_command_cannot_say_of_itself_that_it_begins()
    {
        // What it could write to is what the limits are told by.
        (await Run("ls /proc/self/fd | sort -n | tail -1; (echo x >&7) 2>/dev/null || echo closed")).Output.ShouldBe("3\nclosed\n");
    }

    [Fact]
    public async Task What_a_command_leaves_in_the_background_ends_with_it()
    {
        var result = await Run("(sleep 1000; touch late) & echo done");

        // It came back at all: the command it left behind would have held the sandbox for a quarter of an hour.
        result.ExitCode.ShouldBe(0);
        result.StoppedBy.ShouldBeNull();
    }

    [Fact]
    public async Task A_caller_can_cancel()
    {
        using var cancel = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => Run("echo up; sleep 1000", onOutput: _ => cancel.Cancel(), cancel: cancel.Token));
    }

    [Fact]
    public async Task Output_comes_line_by_line_and_keeps_its_head_and_its_tail()
    {
        var lines = new List<string>();
        var result = await Run("echo first; seq 1 20000; printf last", Limited(new() { Output = 1000 }), lines.Add);

        lines.Count.ShouldBe(20002);
        lines[^1].ShouldBe("last");
        result.OutputTruncated.ShouldBeTrue();
        result.Output.ShouldStartWith("first\n1\n");
        result.Output.ShouldEndWith("20000\nlast");
        result.Output.ShouldContain("bytes left out");
        result.Output.Length.ShouldBeLessThan(1100);
    }

    [Fact]
    public async Task Output_that_is_no_text_does_no_harm() =>
        (await Run("head -c 100000 /dev/urandom; printf '\\0end'")).Output.ShouldEndWith("\uFFFDend");

    [Theory]
    [InlineData("python3 -c 'x = bytearray(600_000_000)'")]
    [InlineData("for i in 1 2 3 4; do python3 -c 'import time; x = bytearray(90_000_000); time.sleep(60)' & done; wait")]
    public async Task Memory_is_limited(string command)
    {
        var result = await Run(command, Limited(new() { Memory = 200 << 20 }));

        result.Succeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task Processes_are_limited()
    {
        var result = await Run("for i in $(seq 1 500); do sleep 60 & done; wait", Limited(new() { Processes = 50, Time = TimeSpan.FromSeconds(20) }));

        (result.StoppedBy == "more than 50 processes" || result.Output.Contains("fork", StringComparison.Ordinal)).ShouldBeTrue(result.ToString());
    }

    [Fact]
    public async Task The_size_of_a_file_is_limited()
    {
        (await Run("head -c 3000000 /dev/zero > big", Limited(new() { FileSize = 1 << 20 }))).Succeeded.ShouldBeFalse();
        new FileInfo(workspace["big"]).Length.ShouldBeLessThanOrEqualTo(1 << 20);
    }

    [Fact]
    public async Task The_disk_is_limited()
    {
        var result = await Run("for i in $(seq 1 60); do head -c 10000000 /dev/zero > f$i; sleep 0.02; done; sleep 30", Limited(new() { Disk = 100 << 20 }));

        result.StoppedBy.ShouldBe("more than 100 MB added to the disk");
    }

    [Fact]
    public async Task The_owner_can_show_more_folders()
    {
        using var shown = new TemporaryFolder();
        using var writable = new TemporaryFolder();
        shown.Write("data", "shown");
        var policy = SandboxPolicy.Default with { ReadOnlyPaths = [shown.Path], WritablePaths = [writable.Path] };

        var result = await Run($"cat {shown.Path}/data; touch {shown.Path}/x; echo > {writable.Path}/y", policy);

        result.Output.ShouldStartWith("shown");
        result.Output.ShouldContain("Read-only file system");
        File.Exists(writable["y"]).ShouldBeTrue();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("relative")]
    [InlineData("/does/not/exist")]
    public async Task A_wrong_folder_in_the_settings_is_named(string path) =>
        (await Should.ThrowAsync<SandboxException>(() => Run("true", SandboxPolicy.Default with { ReadOnlyPaths = [path] }))).Message.ShouldContain(path);

    [Fact]
    public async Task A_folder_outside_of_the_workspace_is_refused() =>
        await Should.ThrowAsync<SandboxException>(() => sandbox.RunAsync(new("true", workspace.Path) { Folder = "../.." }));

    [Fact]
    public async Task Without_bubblewrap_commands_are_refused_with_a_way_out()
    {
        var error = await Should.ThrowAsync<SandboxUnavailableException>(
            () => new Sandbox(new(Bubblewrap: "no-such-bwrap")).RunAsync(new("true", workspace.Path)));

        error.Message.ShouldContain("apt-get install bubblewrap");
        error.Message.ShouldContain("AGENTOS_SANDBOX=none");
    }

    [Fact]
    public async Task A_bubblewrap_that_does_not_work_is_found_out()
    {
        var broken = workspace.Write("bwrap", "#!/bin/sh\necho 'bwrap: No permissions to create new namespace'; exit 1\n");
        File.SetUnixFileMode(broken, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        (await new Sandbox(new(Bubblewrap: broken)).ProblemAsync()).ShouldNotBeNull().ShouldContain("No permissions to create new namespace");
    }

    [Fact]
    public async Task Without_a_sandbox_by_name_commands_run_with_a_clean_environment_and_a_time_limit()
    {
        var open = new Sandbox(SandboxOptions.Parse("none"));
        Environment.SetEnvironmentVariable("AGENTOS_TEST_SECRET", "secret");

        var result = await open.RunAsync(new("pwd; env; sleep 1000 & wait", workspace.Path) { Timeout = TimeSpan.FromMilliseconds(300) });

        result.Output.ShouldStartWith(workspace.Path);
        result.Output.ShouldNotContain("secret");
        result.TimedOut.ShouldBeTrue();
    }

    [Fact]
    public async Task Runtimes_on_the_path_of_the_server_work_inside()
    {
        var result = await Run("dotnet --version && node -e 'console.log(require(\"os\").userInfo().username)'");

        result.ExitCode.ShouldBe(0, result.Output);
        result.Output.ShouldEndWith("agent\n");
    }
}
