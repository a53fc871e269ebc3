using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AgentOS.Server.Hosting;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>Start, stop, crash and the usual mistakes, with the real command and its private PostgreSQL.</summary>
public class ServerLifeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Cli _cli;

    public ServerLifeTests() => _cli = new(_folder.In("home"));

    public void Dispose()
    {
        if (_cli.Data.ReadServer() is { IsAlive: true } left) Process.GetProcessById(left.Process).Kill();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_starts_answers_stops_and_can_be_started_again_after_a_crash()
    {
        var first = await StartAsync();
        using var client = new HttpClient { BaseAddress = new(first.Url) };
        (await client.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_cli.Data.TokenFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            (File.GetUnixFileMode(_cli.Home) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)).ShouldBe(UnixFileMode.None);
        }

        using (var process = Process.GetProcessById(first.Process))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        var second = await StartAsync();
        second.Process.ShouldNotBe(first.Process);
        var stopped = await _cli.RunAsync("stop");
        stopped.ExitCode.ShouldBe(0, stopped.StandardError);
        second.IsAlive.ShouldBeFalse();
        _cli.Data.ReadServer().ShouldBeNull();
    }

    [Fact]
    public async Task A_second_server_on_one_data_folder_is_refused()
    {
        var first = await StartAsync();

        var second = await _cli.RunAsync("start", "--url", "http://127.0.0.1:0");

        second.ExitCode.ShouldBe(1);
        second.StandardError.ShouldContain("agentos stop");
        second.StandardError.ShouldContain(first.Process.ToString(System.Globalization.CultureInfo.InvariantCulture));
        second.StandardError.Trim().ShouldNotContain("\n", customMessage: "one message");
        _cli.Data.ReadServer().ShouldBe(first);
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_message_and_leaves_nothing_running()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var result = await _cli.RunAsync("start", "--url", $"http://127.0.0.1:{port}");

        result.ExitCode.ShouldBe(1);
        result.StandardError.ShouldContain($"Port {port}");
        result.StandardError.ShouldContain("--url");
        Directory.Exists(_cli.Data.In("postgres")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("https://127.0.0.1:5080")]
    [InlineData("http://127.0.0.1:5080/path")]
    public async Task An_address_that_is_none_is_refused(string url)
    {
        var result = await _cli.RunAsync("start", "--url", url);

        result.ExitCode.ShouldBe(1);
        result.StandardError.ShouldContain("--url");
    }

    [Theory]
    [InlineData("Host=/nowhere;Database=x;Username=y;Timeout=2")]
    [InlineData("this is none")]
    public async Task A_database_that_cannot_be_reached_is_one_clear_message(string connection)
    {
        _cli.Variables["ConnectionStrings__AgentOS"] = connection;

        var result = await _cli.RunAsync("start", "--url", "http://127.0.0.1:0");

        result.ExitCode.ShouldBe(1);
        result.StandardError.ShouldContain("ConnectionStrings__AgentOS");
        result.StandardError.Trim().ShouldNotContain("\n", customMessage: "one message");
    }

    [Fact]
    public async Task Without_a_server_commands_say_so_with_a_code_of_their_own()
    {
        (await _cli.RunAsync("stop")).ExitCode.ShouldBe(3);
        _cli.Data.Create();
        _cli.Data.EnsureToken();
        var result = await _cli.RunAsync("dashboard", "--url", "http://127.0.0.1:9");

        result.ExitCode.ShouldBe(3);
        result.StandardError.ShouldContain("agentos start");
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("nonsense")]
    [InlineData("start", "nobody")]
    [InlineData("stop", "it")]
    public async Task Wrong_usage_has_a_code_of_its_own(params string[] arguments)
    {
        var result = await _cli.RunAsync(arguments);

        result.ExitCode.ShouldBe(2);
        result.StandardError.ShouldContain("--help");
        result.StandardOutput.ShouldBeEmpty();
    }

    private async Task<RunningServer> StartAsync()
    {
        var result = await _cli.RunAsync("start", "--detach", "--url", "http://127.0.0.1:0");
        result.ExitCode.ShouldBe(0, result.StandardError);
        return _cli.Data.ReadServer().ShouldNotBeNull();
    }
}
