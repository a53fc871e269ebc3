using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace AgentOS.Testing.Git;

/// <summary>A real git repository in a temporary folder, with a branch <c>main</c>; removed when disposed.</summary>
public sealed class TestRepository : IDisposable
{
    private static readonly Dictionary<string, string?> Environment = new()
    {
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_SYSTEM"] = "/dev/null",
        ["GIT_AUTHOR_NAME"] = "Test",
        ["GIT_AUTHOR_EMAIL"] = "test@example.invalid",
        ["GIT_COMMITTER_NAME"] = "Test",
        ["GIT_COMMITTER_EMAIL"] = "test@example.invalid",
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("agentos-repository-");

    public string Path => _folder.FullName;

    /// <summary>With one commit that holds the files: path → content.</summary>
    public static async Task<TestRepository> CreateAsync(params (string Path, string Content)[] files)
    {
        var repository = new TestRepository();
        await repository.GitAsync("init", "-q", "-b", "main");
        if (files.Length == 0) files = [("README.md", "# Sample\n")];
        foreach (var (path, content) in files) repository.Write(path, content);
        await repository.CommitAsync("First commit");
        return repository;
    }

    /// <summary>Without a commit.</summary>
    public static async Task<TestRepository> CreateEmptyAsync(bool bare = false)
    {
        var repository = new TestRepository();
        await repository.GitAsync(bare ? ["init", "-q", "--bare", "-b", "main"] : ["init", "-q", "-b", "main"]);
        return repository;
    }

    public TestRepository Write(string path, string content, bool executable = false)
    {
        var file = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        if (executable && !OperatingSystem.IsWindows()) File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
        return this;
    }

    public string Read(string path) => File.ReadAllText(System.IO.Path.Combine(Path, path));

    /// <summary>Everything in the checkout, as one commit on the branch that is checked out.</summary>
    /// <returns>Its SHA.</returns>
    public async Task<string> CommitAsync(string message)
    {
        await GitAsync("add", "-A");
        await GitAsync("commit", "-q", "--allow-empty", "-m", message);
        return await HeadAsync();
    }

    public Task<string> HeadAsync(string revision = "HEAD") => GitAsync("rev-parse", "--verify", revision);

    /// <summary>Runs git there.</summary>
    /// <returns>What it printed, trimmed.</returns>
    public async Task<string> GitAsync(params string[] arguments)
    {
        var result = await Cli.Wrap("git").WithArguments(arguments).WithWorkingDirectory(Path).WithEnvironmentVariables(Environment)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Encoding.UTF8);
        return result.ExitCode == 0
            ? result.StandardOutput.Trim()
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.StandardError}");
    }

    public void Dispose()
    {
        // Git makes its objects read-only; a folder can still be removed by its owner.
        foreach (var file in _folder.EnumerateFiles("*", SearchOption.AllDirectories)) file.Attributes = FileAttributes.Normal;
        _folder.Delete(recursive: true);
    }
}
