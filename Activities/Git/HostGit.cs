using System.Text;
using AgentOS.Kernel;
using CliWrap;

namespace AgentOS.Activities.Git;

/// <summary>How a call of git ended.</summary>
internal sealed record GitOutput(int ExitCode, string Output, string Errors);

/// <summary>
/// Calls the git program for what libgit2 does not do. The environment holds only what git and ssh need, the settings
/// of user and system are off unless the owner's credentials are needed, and hooks never run.
/// </summary>
internal static class HostGit
{
    private static readonly string[] Kept = ["PATH", "HOME", "LANG", "TMPDIR", "SSH_AUTH_SOCK", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"];

    // Each can name a program, or lead to another place than the one that was asked for.
    private static readonly string[] Off =
    [
        "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false", "-c", "protocol.ext.allow=never",
        "-c", "submodule.recurse=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.pager=cat",
    ];

    /// <param name="gitDirectory">Given by name, so that git neither searches nor asks whose it is.</param>
    /// <param name="withCredentials">Whether the user's own settings are read, for ssh and credential helpers.</param>
    public static async Task<GitOutput> RunAsync(
        string gitDirectory, IReadOnlyList<string> arguments, bool withCredentials = false,
        IReadOnlyDictionary<string, string?>? environment = null, CancellationToken cancel = default)
    {
        var output = new StringBuilder();
        var errors = new StringBuilder();
        try
        {
            var result = await Cli.Wrap("git")
                .WithArguments([$"--git-dir={gitDirectory}", .. Off, .. arguments])
                .WithEnvironmentVariables(Variables(withCredentials, environment))
                .WithValidation(CommandResultValidation.None)
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
                .ExecuteAsync(cancel);
            return new(result.ExitCode, output.ToString(), errors.ToString().Trim());
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new AgentOSException("git is not installed, or not on the PATH of the server. Install it (Debian, Ubuntu: apt-get install git).", missing);
        }
    }

    private static Dictionary<string, string?> Variables(bool withCredentials, IReadOnlyDictionary<string, string?>? more)
    {
        var variables = new Dictionary<string, string?>();
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Except(Kept))
            variables[name] = null;
        variables["LC_ALL"] = "C";
        variables["GIT_TERMINAL_PROMPT"] = "0";
        variables["GIT_CONFIG_NOSYSTEM"] = "1";
        variables["GIT_COMMITTER_NAME"] = "AgentOS";
        variables["GIT_COMMITTER_EMAIL"] = "agentos@localhost";
        if (withCredentials)
            variables["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes";
        else
            variables["GIT_CONFIG_GLOBAL"] = "/dev/null";
        foreach (var (name, value) in more ?? new Dictionary<string, string?>())
            variables[name] = value;
        return variables;
    }
}
