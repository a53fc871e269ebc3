using System.ComponentModel;
using AgentOS.Activities.Shell;

namespace AgentOS.Activities.Coding.Tools;

/// <param name="prepare">Gives the command its workspace, mounts and policy.</param>
/// <param name="onOutput">Called with each line as it comes.</param>
internal sealed class RunShellTool(Sandbox sandbox, Func<string, SandboxCommand> prepare, Action<string>? onOutput = null)
{
    private const int Output = 30_000, DefaultSeconds = 120;

    [Description("Runs a command line with bash in the root of the repository, in a sandbox: the repository is writable, the system read-only, nothing runs on after it. Git is read-only there; commits are made for you.")]
    public Task<string> RunShell(
        [Description("The command line.")] string command,
        [Description("Time limit; 120 when left out.")] int? timeout_seconds = null,
        CancellationToken cancel = default) => Answer.OfAsync(async () =>
    {
        var asked = prepare(command);
        var limits = asked.Policy.Limits;
        var result = await sandbox.RunAsync(asked with
        {
            Timeout = TimeSpan.FromSeconds(Math.Max(timeout_seconds ?? DefaultSeconds, 1)),
            Policy = asked.Policy with { Limits = limits with { Output = Math.Min(limits.Output, Output) } },
        }, onOutput, cancel);
        var end = result.StoppedBy is { } limit
            ? $"[stopped after {result.Duration.TotalSeconds:0.0} s: it passed {limit}]"
            : $"[exit code {result.ExitCode}, {result.Duration.TotalSeconds:0.0} s]";
        return result.Output is "" or [.., '\n'] ? result.Output + end : $"{result.Output}\n{end}";
    });
}
