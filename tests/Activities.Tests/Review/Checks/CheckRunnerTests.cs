using System.Security.Cryptography;
using System.Text;
using AgentOS.Activities.Git;
using AgentOS.Activities.Review.Checks;
using AgentOS.Activities.Shell;

namespace AgentOS.Activities.Tests.Review.Checks;

public sealed class CheckRunnerTests : IDisposable
{
    private readonly TemporaryFolder root = new();
    private readonly Guid repositoryId = Guid.CreateVersion7();
    private readonly CheckRunner runner;

    public CheckRunnerTests() => runner = Runner(new(new()));

    public void Dispose() => root.Dispose();

    private CheckRunner Runner(Sandbox sandbox)
    {
        var workspaces = new Workspaces(root["workspaces"]);
        return new(sandbox, workspaces, new(root["layers"], sandbox, workspaces));
    }

    private async Task<CheckReport> Check(GitRepository repository, string? baseSha = null, string? commit = null, SandboxPolicy? policy = null, CheckRunner? with = null)
    {
        var plan = await RepositoryChecks.AtAsync(repository.Path, baseSha ?? repository.Head);
        return await (with ?? runner).RunAsync(new(repositoryId, repository.Path, baseSha ?? repository.Head, commit ?? repository.Head, plan, policy ?? SandboxPolicy.Default));
    }

    private void ShouldHaveCleanedUp() => Directory.GetFileSystemEntries(root["workspaces"]).ShouldBeEmpty();

    [Fact]
    public async Task Checks_run_on_a_fresh_checkout_and_their_logs_are_hashed()
    {
        using var repository = new GitRepository((".agentos.yaml", "test: [cat a.txt, 'test ! -e made && touch made']\nanalyze: echo fine\n"), ("a.txt", "committed\n"));
        repository.Write("a.txt", "dirty\n");

        var report = await Check(repository);

        report.Passed.ShouldBeTrue();
        report.Tree.ShouldBe(repository.Git("rev-parse", "HEAD^{tree}"));
        report.Runs.Select(run => (run.Kind, run.ExitCode, run.Log)).ShouldBe(
            [(CheckKind.Test, 0, "committed\n"), (CheckKind.Test, 0, ""), (CheckKind.Analysis, 0, "fine\n")]);
        report.Runs[0].Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("committed\n"))));
        (await Check(repository)).Passed.ShouldBeTrue();
        ShouldHaveCleanedUp();
    }

    [Fact]
    public async Task A_failing_check_stops_its_kind_and_says_what_it_said()
    {
        using var repository = new GitRepository((".agentos.yaml", "test: ['echo broken; exit 7', 'echo never']\nanalyze: echo still\n"));

        var report = await Check(repository);

        report.Passed.ShouldBeFalse();
        report.FirstFailure.ShouldNotBeNull().ShouldSatisfyAllConditions(run => run.ExitCode.ShouldBe(7), run => run.Log.ShouldBe("broken\n"));
        report.Runs.Select(run => run.Kind).ShouldBe([CheckKind.Test, CheckKind.Analysis]);
    }

    [Fact]
    public async Task A_check_that_never_ends_fails_with_the_reason_in_its_log()
    {
        using var repository = new GitRepository((".agentos.yaml", "test: echo started; sleep 1000\n"));
        var run = (await Check(repository, policy: new() { Limits = new() { Time = TimeSpan.FromMilliseconds(300) } })).FirstFailure.ShouldNotBeNull();
        run.TimedOut.ShouldBeTrue();
        run.Log.ShouldBe("started\n\n[stopped: it passed its time limit of 0.3 seconds]\n");
        ShouldHaveCleanedUp();
    }

    [Fact]
    public async Task Links_that_a_setup_leaves_show_nothing_of_the_machine_and_move_nothing_of_it()
    {
        using var machine = new TemporaryFolder();
        machine.Write("secret", "of the machine\n");
        machine.Write("bundle/secret", "of the machine\n");
        using var repository = new GitRepository((".agentos.yaml", "setup: sh setup.sh\ntest: sh test.sh\n"), (".gitignore", "node_modules\nvendor\nkept\n"),
            ("setup.sh", $"ln -s {machine.Path} node_modules; ln -s {machine.Path} vendor; ln -s {machine.Path} kept\n"),
            ("test.sh", "cat node_modules/secret vendor/bundle/secret kept/secret; true\n"));

        var report = await Check(repository);

        report.Passed.ShouldBeTrue();
        report.Runs[^1].Log.ShouldNotContain("of the machine");
        Directory.EnumerateFileSystemEntries(machine.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).ShouldBe(["secret", "bundle", "secret"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_a_setup_made_is_not_written_through_a_link_of_the_change()
    {
        using var machine = new TemporaryFolder();
        using var repository = new GitRepository((".agentos.yaml", "setup: sh setup.sh\ntest: cat data/made.txt\n"), (".gitignore", "made.txt\n"), ("setup.sh", "mkdir -p data && echo made > data/made.txt\n"));
        var before = repository.Head;
        (await Check(repository)).Passed.ShouldBeTrue();
        File.CreateSymbolicLink(repository["data"], machine.Path);
        var change = repository.Commit("a link");

        (await Check(repository, before, change)).Passed.ShouldBeFalse();

        Directory.EnumerateFileSystemEntries(machine.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_repository_without_checks_is_told_apart_from_one_that_passes()
    {
        using var repository = new GitRepository(("README.md", "hi"));
        var report = await Check(repository);
        report.Plan.HasChecks.ShouldBeFalse();
        report.Runs.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_real_node_project_is_tested_as_detected()
    {
        using var repository = new GitRepository(
            ("package.json", """{"type":"module","scripts":{"test":"node --test"}}"""),
            ("sum.js", "export const sum = (a, b) => a + b;\n"),
            ("sum.test.js", "import test from 'node:test'; import assert from 'node:assert'; import { sum } from './sum.js';\ntest('adds', () => assert.equal(sum(1, 2), 3));\n"));
        var report = await Check(repository);
        report.Passed.ShouldBeTrue(report.FirstFailure?.Log);
        report.Runs[0].Log.ShouldContain("# pass 1");
    }

    [Fact]
    public async Task What_a_setup_fetched_is_there_for_later_steps_read_only_and_fetched_once()
    {
        using var repository = new GitRepository(
            (".gitignore", "node_modules/\ngenerated/\n"), ("package-lock.json", "1"),
            (".agentos.yaml",
                """
                setup: |
                  echo ran; mkdir -p node_modules/x $NUGET_PACKAGES sub/node_modules generated
                  echo 'module.exports = 42' > node_modules/x/index.js; echo package > $NUGET_PACKAGES/p; echo made > generated/g; echo deep > sub/node_modules/d
                test:
                  - node -e 'console.log(require("x"))'; cat $NUGET_PACKAGES/p sub/node_modules/d generated/g
                  - if touch node_modules/y || touch $NUGET_PACKAGES/q; then exit 1; fi; touch node_modules/.cache/ok generated/ok && git status --short
                """));
        var trusted = repository.Head;

        var first = await Check(repository);
        first.Passed.ShouldBeTrue(first.FirstFailure?.Log);
        first.Runs.Select(run => run.Kind).ShouldBe([CheckKind.Setup, CheckKind.Test, CheckKind.Test]);
        first.Runs[1].Log.ShouldBe("42\npackage\ndeep\nmade\n");
        first.Runs[2].Log.ShouldNotContain("??");

        var code = repository.Commit("code", ("app.js", "1"));
        (await Check(repository, trusted, code)).Runs.Select(run => run.Kind).ShouldBe([CheckKind.Test, CheckKind.Test]);
        var manifest = repository.Commit("manifest", ("package-lock.json", "2"));
        (await Check(repository, trusted, manifest)).Runs.Select(run => run.Kind).ShouldBe([CheckKind.Setup, CheckKind.Test, CheckKind.Test]);
        Directory.GetDirectories(root[$"layers/{repositoryId:N}"]).Length.ShouldBe(2);
        ShouldHaveCleanedUp();
    }

    [Fact]
    public async Task A_setup_that_fails_without_a_network_says_who_can_allow_it()
    {
        using var repository = new GitRepository((".agentos.yaml", "setup: echo no registry; exit 1\ntest: true\n"));

        var report = await Check(repository);

        report.FirstFailure.ShouldNotBeNull().Kind.ShouldBe(CheckKind.Setup);
        report.Runs.Count.ShouldBe(1);
        report.Runs[0].Log.ShouldContain("set the repository's network to 'setup'");
        Directory.GetDirectories(root[$"layers/{repositoryId:N}"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_network_for_setup_is_not_there_for_tests()
    {
        using var repository = new GitRepository((".agentos.yaml", "setup: readlink /proc/self/ns/net > /cache/net\ntest: cat /cache/net; readlink /proc/self/ns/net\n"));

        var log = (await Check(repository, policy: new() { Network = NetworkAccess.Setup })).Runs[1].Log.Split('\n');

        log[0].ShouldBe(File.ResolveLinkTarget("/proc/self/ns/net", false)!.Name);
        log[1].ShouldNotBe(log[0]);
    }

    [Fact]
    public async Task Without_a_sandbox_by_name_the_setup_runs_in_the_checkout_itself()
    {
        using var repository = new GitRepository((".agentos.yaml", "setup: echo made > made\ntest: cat made\n"));
        var report = await Check(repository, with: Runner(new(new(SandboxMode.None))));
        report.Runs.Select(run => run.Log).ShouldBe(["", "made\n"]);
    }
}
