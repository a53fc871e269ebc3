using AgentOS.Server.Hosting;
using CliWrap;
using CliWrap.Buffered;

namespace AgentOS.Server.Tests;

/// <summary>The real command, as a process of its own, on a data folder of its own.</summary>
internal sealed record Cli(string Home)
{
    /// <summary>The published build where the test run has one, else what was built beside the tests.</summary>
    public static readonly string Program =
        Environment.GetEnvironmentVariable("AGENTOS_TEST_SERVER") ?? Path.Combine(AppContext.BaseDirectory, "agentos.dll");

    public Dictionary<string, string?> Variables { get; } = new() { ["AGENTOS_HOME"] = Home, ["AGENTOS_URL"] = null, ["AGENTOS_TOKEN"] = null };

    public DataFolder Data => new(Home);

    public async Task<BufferedCommandResult> RunAsync(params string[] arguments)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        return await CliWrap.Cli.Wrap("dotnet")
            .WithArguments([Program, .. arguments])
            .WithEnvironmentVariables(Variables)
            .WithStandardInputPipe(PipeSource.Null)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
    }
}
