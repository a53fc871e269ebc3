using System.Globalization;
using System.Text;
using AgentOS.Activities.Review.Checks;
using AgentOS.Activities.Shell;
using AgentOS.Kernel.Repositories;

namespace AgentOS.Activities.Review;

/// <summary>What a repository's checks said to one exact commit.</summary>
/// <param name="ExitCode">Of the first command that failed, else 0; null when the repository has no checks.</param>
/// <param name="Command">All commands that were run, or the one that failed.</param>
/// <param name="Tree">The tree that was checked.</param>
public sealed record CheckOutcome(bool Passed, int? ExitCode, string? Command, string Log, TimeSpan Duration, string? Tree = null)
{
    public static CheckOutcome Of(CheckReport report)
    {
        if (!report.Plan.HasChecks) return new(true, null, null, "The repository has no checks.", TimeSpan.Zero, report.Tree);
        var log = new StringBuilder();
        foreach (var run in report.Runs)
            log.Append(CultureInfo.InvariantCulture, $"$ {run.Command}\n{run.Log.TrimEnd()}\n[exit code {run.ExitCode}, {run.Duration.TotalSeconds:0.0} s]\n");
        var failure = report.FirstFailure;
        return new(report.Passed, failure is null ? 0 : failure.ExitCode == 0 ? 1 : failure.ExitCode, failure?.Command ?? string.Join(" && ", report.Runs.Select(r => r.Command)),
            log.ToString(), TimeSpan.FromTicks(report.Runs.Sum(r => r.Duration.Ticks)), report.Tree);
    }
}

/// <summary>Runs the checks of a managed repository under its owner's settings.</summary>
public sealed class RepositoryChecker(CheckRunner runner)
{
    public static async Task<string> DescribeAsync(Repository repository, string baseSha, CancellationToken cancellation)
    {
        var plan = await PlanAsync(repository, baseSha, cancellation);
        return plan.HasChecks ? string.Join(", ", plan.Test.Concat(plan.Analyze).Select(c => $"`{c}`")) : "none, the judge's reading is all there is";
    }

    /// <param name="baseSha">The commit whose checks count: what judges a change is not part of it.</param>
    /// <param name="onOutput">Called with each line as it comes.</param>
    public async Task<CheckOutcome> RunAsync(Repository repository, string baseSha, string commit, CancellationToken cancellation, Action<string>? onOutput = null) => CheckOutcome.Of(await runner.RunAsync(
        new CheckRequest(repository.Id, repository.Path, baseSha, commit, await PlanAsync(repository, baseSha, cancellation), SandboxSettings.Read(repository.Settings).ToPolicy()), onOutput, cancellation));

    public static Task<CheckPlan> PlanAsync(Repository repository, string baseSha, CancellationToken cancellation) =>
        RepositoryChecks.AtAsync(repository.Path, baseSha, repository.Checks.GetRawText() is "{}" ? null : repository.Checks.GetRawText(), cancellation);
}
