using AgentOS.Activities.Git;
using AgentOS.Activities.Review.Checks;

namespace AgentOS.Activities.Tests.Review.Checks;

public sealed class CheckPlanTests
{
    private static CheckPlan Parse(string text) => CheckFile.Parse(text, CheckSource.File);

    [Fact]
    public void Commands_are_texts_or_lists()
    {
        var plan = Parse("setup: npm ci\ntest:\n  - npm test\n  - npm run e2e # slow\nanalyze: |\n  npm run lint\n  npm run types\n");
        plan.Setup.ShouldBe(["npm ci"]);
        plan.Test.ShouldBe(["npm test", "npm run e2e"]);
        plan.Analyze.ShouldBe(["npm run lint\nnpm run types"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("test:\n")]
    [InlineData("{}")]
    public void Nothing_named_is_nothing_to_run(string text) => Parse(text).HasChecks.ShouldBeFalse();

    [Theory]
    [InlineData("test: [", "not valid YAML, line 2")]
    [InlineData("test: ok\n\tanalyze: tab", "not valid YAML, line 1")]
    [InlineData("tests: npm test", "line 1: 'tests' is not known. Use setup, test and analyze.")]
    [InlineData("test: {a: b}", "line 1: 'test' must be a command or a list of commands.")]
    [InlineData("setup: x\ntest: [a, [b]]", "line 2: 'test' must be a command")]
    [InlineData("- npm test", "must hold setup, test and analyze")]
    [InlineData("just text", "must hold setup, test and analyze")]
    [InlineData("test: a\ntest: b", "not valid YAML")]
    public void What_is_malformed_is_said_in_one_message(string text, string message) =>
        Should.Throw<CheckFileException>(() => Parse(text)).Message.ShouldContain(message);

    [Theory]
    [InlineData("make test", "Makefile=all:\n\ntest: all\n\techo\n")]
    [InlineData("", "Makefile=test := 1\nall:\n")]
    [InlineData("dotnet test App.slnx", "App.sln=", "App.slnx=", "src/App.csproj=", "Makefile=test:\n")]
    [InlineData("dotnet test 'my tests/T.csproj'", "src/App.csproj=<Project/>", "my tests/T.csproj=Microsoft.NET.Test.Sdk")]
    [InlineData("npm test", "package.json={\"scripts\":{\"test\":\"node --test\"}}")]
    [InlineData("", "package.json={\"scripts\":{\"test\":\"echo \\\"Error: no test specified\\\" && exit 1\"}}")]
    [InlineData("npm test", "package.json={ broken")]
    [InlineData("python3 -m pytest", "tests/test_app.py=", "app.py=")]
    [InlineData(".venv/bin/python -m pytest", "requirements.txt=flask", "test_app.py=")]
    [InlineData("cargo test", "Cargo.toml=")]
    [InlineData("go test ./...", "go.mod=", "main.go=")]
    [InlineData("npm test & go test ./...", "go.mod=", "package.json={\"scripts\":{\"test\":\"x\"}}")]
    [InlineData("", "README.md=hello")]
    public void Tests_are_detected_from_the_files(string expected, params string[] files)
    {
        var contents = files.Select(file => file.Split('=', 2)).ToDictionary(file => file[0], file => file[1]);
        var plan = CheckDetection.Detect([.. contents.Keys], path => contents[path]);

        string.Join(" & ", plan.Test.Order().Reverse()).ShouldBe(string.Join(" & ", expected.Split(" & ").Order().Reverse()));
        plan.Source.ShouldBe(expected is "" ? CheckSource.None : CheckSource.Detected);
    }

    [Fact]
    public void Dependencies_are_set_up_when_there_are_any()
    {
        CheckDetection.Detect(["package.json", "package-lock.json"], _ => """{"scripts":{"test":"x"},"devDependencies":{"a":"1"}}""").Setup.ShouldBe(["npm ci"]);
        CheckDetection.Detect(["package.json"], _ => """{"scripts":{"test":"x"}}""").Setup.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_base_commit_decides_and_not_the_change()
    {
        using var repository = new GitRepository((".agentos.yaml", "test: ./strict\n"));
        var trusted = repository.Head;
        var changed = repository.Commit("loosen", (".agentos.yaml", "test: true\n"));
        var removed = repository.Commit("other", ("x", "y"));

        (await RepositoryChecks.AtAsync(repository.Path, trusted)).Test.ShouldBe(["./strict"]);
        (await RepositoryChecks.AreChangedAsync(repository.Path, trusted, changed)).ShouldBeTrue();
        (await RepositoryChecks.AreChangedAsync(repository.Path, changed, removed)).ShouldBeFalse();
        (await RepositoryChecks.AtAsync(repository.Path, trusted, """{"test":["./owners"]}""")).ShouldSatisfyAllConditions(
            plan => plan.Test.ShouldBe(["./owners"]), plan => plan.Source.ShouldBe(CheckSource.Owner));
        (await RepositoryChecks.AtAsync(repository.Path, trusted, "{}")).Source.ShouldBe(CheckSource.File);
        await Should.ThrowAsync<RepositoryException>(() => RepositoryChecks.AtAsync(repository.Path, new string('0', 40)));
    }
}
