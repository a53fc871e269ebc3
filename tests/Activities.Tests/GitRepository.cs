using System.Diagnostics;

namespace AgentOS.Activities.Tests;

/// <summary>A repository made by the real git, as an owner would have it.</summary>
public sealed class GitRepository : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public GitRepository(params (string Path, string Content)[] files)
    {
        Git("init", "-q", "-b", "main");
        Git("config", "user.name", "Owner");
        Git("config", "user.email", "owner@example.org");
        if (files.Length > 0)
            Commit("first", files);
    }

    public string Path => folder.Path;

    public string Head => Git("rev-parse", "HEAD");

    public string this[string relative] => folder[relative];

    public string Write(string relative, string content) => folder.Write(relative, content);

    public string Commit(string message, params (string Path, string Content)[] files)
    {
        foreach (var (path, content) in files)
            Write(path, content);
        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", message);
        return Head;
    }

    public string Git(params string[] arguments) => GitIn(Path, arguments);

    public static string GitIn(string folder, params string[] arguments)
    {
        var info = new ProcessStartInfo("git") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            info.ArgumentList.Add(argument);
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.TrimEnd('\n')
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {output}{errors.Result}");
    }

    public void Dispose() => folder.Dispose();
}
