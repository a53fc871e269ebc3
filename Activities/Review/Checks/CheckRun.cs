using System.Security.Cryptography;
using System.Text;
using AgentOS.Activities.Shell;

namespace AgentOS.Activities.Review.Checks;

public enum CheckKind { Setup, Test, Analysis }

/// <summary>One command of a check, and what it really returned.</summary>
/// <param name="Sha256">Of the log in UTF-8, as lower case hex.</param>
/// <param name="StoppedBy">The limit that ended it, in words, or null.</param>
public sealed record CheckRun(
    CheckKind Kind, string Command, int ExitCode, string Log, string Sha256, TimeSpan Duration, bool TimedOut, string? StoppedBy = null)
{
    public bool Passed => ExitCode == 0 && StoppedBy is null;

    internal static CheckRun From(CheckKind kind, string command, CommandResult result)
    {
        var log = result.StoppedBy is { } limit ? $"{result.Output}\n[stopped: it passed {limit}]\n" : result.Output;
        return new(kind, command, result.ExitCode, log, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(log))), result.Duration, result.TimedOut, result.StoppedBy);
    }
}

/// <summary>All that was run for one exact commit.</summary>
/// <param name="Tree">The tree that was checked.</param>
/// <param name="Runs">In order; ends with the first failure of each kind.</param>
public sealed record CheckReport(string Commit, string Tree, CheckPlan Plan, IReadOnlyList<CheckRun> Runs)
{
    /// <summary>Also true when there is nothing to check; see <see cref="CheckPlan.HasChecks"/>.</summary>
    public bool Passed => Runs.All(run => run.Passed);

    public CheckRun? FirstFailure => Runs.FirstOrDefault(run => !run.Passed);
}
