using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentOS.Activities.Review.Checks;

/// <summary>Guesses the commands of a repository that does not name them, from the files of a commit. Pure.</summary>
public static partial class CheckDetection
{
    private static readonly string[] DependencyLists = ["dependencies", "devDependencies", "optionalDependencies"];
    private static readonly string[] Makefiles = ["GNUmakefile", "makefile", "Makefile"];

    /// <param name="files">All paths of the commit.</param>
    /// <param name="read">The text of one of them.</param>
    public static CheckPlan Detect(IReadOnlyList<string> files, Func<string, string> read)
    {
        var found = new[] { DotNet(files, read), Node(files, read), Python(files, read), Cargo(files), Go(files) }
            .Where(each => each.Test is not "").ToList();
        if (found.Count == 0 && Make(files, read) is { Test: not "" } make)
            found.Add(make);
        return found.Count == 0
            ? CheckPlan.None
            : new(CheckSource.Detected, [.. found.Select(each => each.Setup).Where(setup => setup is not "")], [.. found.Select(each => each.Test)], []);
    }

    private static (string Setup, string Test) DotNet(IReadOnlyList<string> files, Func<string, string> read)
    {
        var roots = files.Where(path => !path.Contains('/')).ToList();
        var solution = roots.FirstOrDefault(path => path.EndsWith(".slnx", StringComparison.Ordinal)) ?? roots.FirstOrDefault(path => path.EndsWith(".sln", StringComparison.Ordinal));
        // Without a solution: the one project at the root, or the first that refers to a test framework.
        var project = solution ?? files.Where(path => path.EndsWith("proj", StringComparison.Ordinal) && ProjectFile().IsMatch(path))
            .OrderByDescending(path => read(path).Contains("Microsoft.NET.Test.Sdk", StringComparison.Ordinal)).FirstOrDefault();
        return project is null ? ("", "") : ($"dotnet restore {Quote(project)}", $"dotnet test {Quote(project)}");
    }

    private static (string Setup, string Test) Node(IReadOnlyList<string> files, Func<string, string> read)
    {
        if (!files.Contains("package.json"))
            return ("", "");
        try
        {
            using var package = JsonDocument.Parse(read("package.json"), new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var root = package.RootElement;
            var test = root.TryGetProperty("scripts", out var scripts) && scripts.TryGetProperty("test", out var script) ? script.GetString() : null;
            if (string.IsNullOrWhiteSpace(test) || test.Contains("no test specified", StringComparison.Ordinal))
                return ("", "");
            var depends = DependencyLists.Any(name => root.TryGetProperty(name, out var list) && list.ValueKind is JsonValueKind.Object && list.EnumerateObject().Any());
            return (!depends ? "" : files.Contains("package-lock.json") ? "npm ci" : "npm install --no-save", "npm test");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // npm says better what is wrong with it.
            return ("", "npm test");
        }
    }

    private static (string Setup, string Test) Python(IReadOnlyList<string> files, Func<string, string> read)
    {
        var configured = files.Contains("pytest.ini")
            || (files.Contains("pyproject.toml") && read("pyproject.toml").Contains("pytest", StringComparison.Ordinal))
            || (files.Contains("setup.cfg") && read("setup.cfg").Contains("[tool:pytest]", StringComparison.Ordinal))
            || (files.Contains("tox.ini") && read("tox.ini").Contains("pytest", StringComparison.Ordinal));
        if (!configured && !files.Any(path => PythonTest().IsMatch(path)))
            return ("", "");
        var lists = files.Where(path => PythonRequirements().IsMatch(path)).Select(path => $" -r {Quote(path)}").ToList();
        var package = files.Contains("setup.py") || (files.Contains("pyproject.toml") && read("pyproject.toml").Contains("[project]", StringComparison.Ordinal));
        return lists.Count == 0 && !package
            ? ("", "python3 -m pytest")
            : ($"python3 -m venv .venv && .venv/bin/pip install -q pytest{string.Concat(lists)}{(package ? " -e ." : "")}", ".venv/bin/python -m pytest");
    }

    private static (string Setup, string Test) Cargo(IReadOnlyList<string> files) =>
        files.Contains("Cargo.toml") ? (files.Contains("Cargo.lock") ? "cargo fetch --locked" : "cargo fetch", "cargo test") : ("", "");

    private static (string Setup, string Test) Go(IReadOnlyList<string> files) =>
        !files.Contains("go.mod") ? ("", "") : (files.Contains("go.sum") ? "go mod download" : "", "go test ./...");

    private static (string Setup, string Test) Make(IReadOnlyList<string> files, Func<string, string> read)
    {
        var makefile = Makefiles.FirstOrDefault(files.Contains);
        return makefile is not null && MakeTest().IsMatch(read(makefile)) ? ("", "make test") : ("", "");
    }

    private static string Quote(string path) => PlainPath().IsMatch(path) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\.(cs|fs|vb)proj$")]
    private static partial Regex ProjectFile();

    [GeneratedRegex(@"(^|/)(test_[^/]*|[^/]*_test)\.py$")]
    private static partial Regex PythonTest();

    [GeneratedRegex(@"^(requirements([-_.](dev|test|tests))?|dev-requirements|test-requirements)\.txt$")]
    private static partial Regex PythonRequirements();

    [GeneratedRegex(@"^test\s*:(?!=)", RegexOptions.Multiline)]
    private static partial Regex MakeTest();

    [GeneratedRegex(@"^[\w./+-]+$")]
    private static partial Regex PlainPath();
}
