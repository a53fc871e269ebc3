using AgentOS.Activities.Shell;
using AgentOS.Kernel;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Evidence;
using AgentOS.Server.Api;
using AgentOS.Server.Hosting;
using AgentOS.Server.Hosting.Access;

namespace AgentOS.Server.Cli.Demo;

/// <summary>One demo: starts a server whose models are recorded, gives the goal, waits, tests what was merged.</summary>
internal sealed class DemoRun(DemoFolder folder, bool quiet)
{
    private string? _link;
    private IReadOnlyList<(string Title, EvidenceEntry Entry)> _evidence = [];

    public async Task<GoalSummary> RunAsync(string goal, int workers, Uri url, CancellationToken cancellation)
    {
        Say("The models' answers in this demo are recorded. All else is real: PostgreSQL, git, the sandbox, the tests, the HTTP calls to the model's endpoint.");
        if (await new Sandbox(SandboxOptions.FromEnvironment()).ProblemAsync(cancellation) is { } problem) throw new AgentOSException(problem);
        Say($"Starting PostgreSQL and the server ({url.Authority}) in {folder.Data.Path}");
        Environment.SetEnvironmentVariable("AGENTOS_HOME", folder.Data.Path);
        var settings = new ServerSettings(folder.Data, url) { Recording = DemoFolder.Recording, Workers = workers };
        var server = quiet ? await DetachedServer.LaunchAsync(settings, cancellation) : await Watching.ShowAsync(DetachedServer.StartingText(settings), () => DetachedServer.LaunchAsync(settings, cancellation));
        if (server != ExitCode.Done) throw new AgentOSException($"The demo's server did not start. Its log is in {folder.Data.Logs}.");

        using var client = ApiClient.Connect(url.ToString());
        Say($"Goal: {goal}");
        var given = await client.PostAsync<GivenGoal>("/workflows/goals", new GiveGoal(Guid.CreateVersion7(), goal, folder.Repository, null, null, null, null), cancellation);
        var summary = await GoalCommand.WaitAsync(client, given.Id, quiet, cancellation);
        var evidence = new List<(string, EvidenceEntry)>();
        foreach (var task in summary.Tasks)
            evidence.AddRange((await client.GetAsync<List<EvidenceEntry>>($"/api/evidence?task={task.Id}", cancellation)).Select(e => (task.Title, e)));
        _evidence = evidence;

        Say("Running the tests on the merged branch");
        var tests = await new Sandbox(SandboxOptions.FromEnvironment()).RunAsync(new SandboxCommand("npm test", folder.Repository) { WorkspaceWritable = false }, cancel: cancellation);
        if (!tests.Succeeded) Say(tests.Output);
        _link = (await client.PostAsync<OpenLink>("/api/links", null, cancellation)).Url;
        return summary with { Ok = summary.Ok && tests.Succeeded };
    }

    public void Print(GoalSummary summary, bool kept)
    {
        Console.WriteLine();
        Output.Table(["evidence of", "check", "result", "commit", "took"],
            [.. _evidence.Select(e => (string[])[e.Title, e.Entry.Kind.Word(), e.Entry.Passed ? "passed" : "failed", e.Entry.CommitSha[..10], e.Entry.DurationMs is { } ms ? $"{ms / 1000.0:0.0} s" : ""])],
            "There is no evidence.");
        GoalCommand.Print(summary);
        Console.WriteLine(summary.Ok ? "The tests pass on the merged branch." : "The demo did not end as it should.");
        Console.WriteLine("The models' answers were recorded, and so is the cost: nothing was paid.");
        Console.WriteLine(kept
            ? $"Look around: {_link}\n  the commits: git -C {folder.Repository} log --oneline --graph\n  stop: AGENTOS_HOME={folder.Data.Path} agentos stop"
            : "To look around in the browser: agentos demo --keep");
    }

    /// <summary>Stops the server and removes all that the demo made.</summary>
    public async Task CleanUpAsync()
    {
        if (folder.Data.ReadServer() is { IsAlive: true } running)
        {
            using var client = ApiClient.Connect(running.Url);
            await client.PostAsync<object?>("/api/server/stop", null, CancellationToken.None);
            if (!await ProcessEnd.WaitAsync(running.Process, TimeSpan.FromSeconds(60), CancellationToken.None))
                throw new AgentOSException($"The demo's server (process {running.Process}) does not stop. Its log is in {folder.Data.Logs}.");
        }

        folder.Remove();
    }

    private void Say(string text)
    {
        if (quiet) Console.Error.WriteLine(text);
        else Console.WriteLine(text);
    }
}
