using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentOS.Kernel;

namespace AgentOS.Server.Hosting;

/// <summary>
/// What one installation keeps on this machine: the owner's token, llm.yaml, PostgreSQL's cluster, clones, workspaces, logs.
/// Everything else is in PostgreSQL.
/// </summary>
internal sealed record DataFolder(string Path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    public string TokenFile => In("token");
    public string Logs => In("logs");
    public string ServerFile => In("server.json");
    public string LlmFile => In("llm.yaml");
    public string Workspaces => In("workspaces");

    /// <summary>AGENTOS_HOME, or .agentos in the home of the user.</summary>
    public static DataFolder FromEnvironment()
    {
        var home = Environment.GetEnvironmentVariable("AGENTOS_HOME");
        return new(string.IsNullOrWhiteSpace(home)
            ? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".agentos")
            : System.IO.Path.GetFullPath(home));
    }

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the folder, readable by its owner only, when it is missing.</summary>
    /// <exception cref="AgentOSException">It cannot be made or written.</exception>
    public void Create()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Logs);
                return;
            }

            // Root's PostgreSQL runs under another user, who must be able to pass through, but not to look around.
            Directory.CreateDirectory(Path, Environment.IsPrivilegedProcess ? OwnerOnlyFolder | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : OwnerOnlyFolder);
            Directory.CreateDirectory(Logs, OwnerOnlyFolder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AgentOSException($"The data folder {Path} cannot be written: {error.Message} Choose another one with AGENTOS_HOME.", error);
        }
    }

    /// <summary>The owner's credential, or null when no server was ever started on this folder.</summary>
    public string? ReadToken()
    {
        try
        {
            return File.ReadAllText(TokenFile).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException error)
        {
            throw new AgentOSException($"{TokenFile} belongs to another user. Run this command as that user, or choose another data folder with AGENTOS_HOME.", error);
        }
    }

    /// <summary>The token; made at the first call, by one process of any number that ask at once.</summary>
    public string EnsureToken()
    {
        if (ReadToken() is { } existing)
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(TokenFile, OwnerOnly);
            return existing;
        }

        var draft = DraftToken();
        try
        {
            File.Move(draft, TokenFile, overwrite: File.Exists(TokenFile)); // an empty one, left by a full disk, is replaced
        }
        catch (IOException) when (File.Exists(TokenFile))
        {
            File.Delete(draft);
        }

        return ReadToken() ?? throw new AgentOSException($"{TokenFile} cannot be read. Delete it and start again.");
    }

    /// <summary>Puts a new token in the place of the old one.</summary>
    public void RotateToken() => File.Move(DraftToken(), TokenFile, overwrite: true);

    private string DraftToken()
    {
        var draft = In($"token.{Guid.NewGuid():N}");
        WriteOwnerOnly(draft, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + "\n");
        return draft;
    }

    /// <summary>Where the server of this folder is, as it wrote it at its start; null when none runs or it was killed before.</summary>
    public RunningServer? ReadServer()
    {
        try
        {
            return JsonSerializer.Deserialize<RunningServer>(File.ReadAllText(ServerFile), JsonSerializerOptions.Web);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void WriteServer(RunningServer server)
    {
        var draft = ServerFile + ".new";
        WriteOwnerOnly(draft, JsonSerializer.Serialize(server, JsonSerializerOptions.Web));
        File.Move(draft, ServerFile, overwrite: true);
    }

    /// <summary>Removes the note of a server, unless another one has written its own in the meantime.</summary>
    public void ForgetServer(int process)
    {
        if (ReadServer()?.Process == process) File.Delete(ServerFile);
    }

    private static void WriteOwnerOnly(string file, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var writer = new StreamWriter(file, options);
        writer.Write(text);
    }
}

/// <summary>A server that said it is up: its process, its address, when it started, and its database (for other nodes of this machine).</summary>
internal sealed record RunningServer(int Process, string Url, DateTimeOffset Started, string Version, string Database)
{
    /// <summary>False after a crash: the note is left, the process is not.</summary>
    [JsonIgnore]
    public bool IsAlive
    {
        get
        {
            try
            {
                using var process = System.Diagnostics.Process.GetProcessById(Process);
                // A number is used again: whoever has it now must not have begun after that server was up.
                return !process.HasExited && process.StartTime.ToUniversalTime() <= Started.UtcDateTime.AddSeconds(2);
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException)
            {
                return false;
            }
        }
    }
}
