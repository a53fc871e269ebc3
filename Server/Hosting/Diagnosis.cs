using System.Net.NetworkInformation;
using System.Text.RegularExpressions;
using AgentOS.Activities.Shell;
using AgentOS.Kernel;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Health;
using AgentOS.Server.Hosting.Postgres;
using Npgsql;

namespace AgentOS.Server.Hosting;

/// <summary>Looks at everything that AgentOS needs of its machine, by trying it.</summary>
internal sealed partial class Diagnosis(ServerSettings settings)
{
    private const long LeastDisk = 2L << 30;

    public async IAsyncEnumerable<Finding> RunAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return await ProgramAsync(".NET SDK", ["dotnet", "--version"], new(10, 0), "Install the .NET 10 SDK: https://dot.net/download", cancellation);
        yield return await ProgramAsync("Node.js", ["node", "--version"], new(20, 0), "Install Node.js 20 or later: https://nodejs.org", cancellation);
        yield return await ProgramAsync("npm", ["npm", "--version"], new(8, 0), "Install npm: it comes with Node.js", cancellation);
        yield return await ProgramAsync("git", ["git", "--version"], new(2, 30), "Install git (Debian: apt-get install git)", cancellation);
        yield return await SandboxAsync(cancellation);
        yield return DataFolder();
        yield return Disk();
        yield return await PostgresAsync(cancellation);
        yield return await AddressAsync(cancellation);
        yield return Models();
    }

    private static async Task<Finding> ProgramAsync(string name, string[] command, Version least, string advice, CancellationToken cancellation)
    {
        var (exitCode, output) = await CommandLine.RunAsync(command, cancellation);
        if (exitCode != 0) return Finding.Failed(name, $"{command[0]} does not run. {advice}.");
        var text = VersionNumber().Match(output).Value;
        return Version.TryParse(text, out var version) && version >= least
            ? Finding.Ok(name, text)
            : Finding.Failed(name, $"{output.Split('\n')[0]} is too old: {least} or later is needed. {advice}.");
    }

    private static async Task<Finding> SandboxAsync(CancellationToken cancellation)
    {
        try
        {
            var sandbox = new Sandbox(SandboxOptions.FromEnvironment());
            if (sandbox.Mode is SandboxMode.None) return Finding.Warning("sandbox", $"Switched off by {SandboxOptions.Variable}: commands of agents run unprotected.");
            return await sandbox.ProblemAsync(cancellation) is { } problem ? Finding.Warning("sandbox", problem) : Finding.Ok("sandbox", "bubblewrap works");
        }
        catch (AgentOSException error)
        {
            return Finding.Failed("sandbox", error.Message);
        }
    }

    private Finding DataFolder()
    {
        if (!Directory.Exists(settings.Data.Path)) return Finding.Ok("data folder", $"{settings.Data.Path} (made at the first start)");
        var probe = settings.Data.In($".doctor-{Environment.ProcessId}");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Finding.Failed("data folder", $"{settings.Data.Path} cannot be written: {error.Message} Choose another one with AGENTOS_HOME.");
        }

        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(settings.Data.Path) & others) != 0
            ? Finding.Warning("data folder", $"{settings.Data.Path} is open to other users of this machine. Close it: chmod go-rw {settings.Data.Path}")
            : Finding.Ok("data folder", settings.Data.Path);
    }

    private Finding Disk()
    {
        var folder = settings.Data.Path;
        while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var text = $"{free / (1 << 30)} GiB free at {folder}";
        return free < LeastDisk ? Finding.Warning("disk", $"Only {text}: clones, builds and PostgreSQL need {LeastDisk >> 30} GiB or more.") : Finding.Ok("disk", text);
    }

    private async Task<Finding> PostgresAsync(CancellationToken cancellation)
    {
        try
        {
            var server = settings.Data.ReadServer();
            var connection = server is { IsAlive: true } ? server.Database : settings.ConnectionString;
            if (connection is null)
            {
                var (exitCode, version) = await CommandLine.RunAsync([PostgresBinaries.Find(AppContext.BaseDirectory).Server, "--version"], cancellation);
                return exitCode == 0 ? Finding.Ok("PostgreSQL", $"{version}, private, started with the server") : Finding.Failed("PostgreSQL", $"Its program does not run: {version}");
            }

            await using var database = KernelDatabase.Open(connection);
            await using var open = await database.OpenConnectionAsync(cancellation);
            return Finding.Ok("PostgreSQL", $"{open.PostgreSqlVersion} at {open.Host} answers");
        }
        catch (Exception error) when (error is NpgsqlException or AgentOSException or ArgumentException)
        {
            return Finding.Failed("PostgreSQL", error is AgentOSException ? error.Message : $"It does not answer: {error.Message} Check ConnectionStrings__AgentOS, or unset it.");
        }
    }

    private async Task<Finding> AddressAsync(CancellationToken cancellation)
    {
        if (settings.Data.ReadServer() is { IsAlive: true } running)
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            try
            {
                using var answer = await http.GetAsync(new Uri(running.Url + "/health"), cancellation);
                return answer.IsSuccessStatusCode
                    ? Finding.Ok("server", $"{running.Version} is up at {running.Url} (process {running.Process})")
                    : Finding.Failed("server", $"It is up at {running.Url}, but says {await answer.Content.ReadAsStringAsync(cancellation)}");
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                return Finding.Failed("server", $"Process {running.Process} does not answer at {running.Url}. See {settings.Data.Logs}/server.log, then: agentos stop");
            }
        }

        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == settings.Url.Port);
        return taken
            ? Finding.Warning("server", $"Not running, and port {settings.Url.Port} is in use by another program: start it with --url and another port.")
            : Finding.Ok("server", $"Not running; port {settings.Url.Port} is free");
    }

    private Finding Models()
    {
        try
        {
            var models = new AgentOS.Activities.Models.ModelConfigurationFile(settings.ModelFiles).Current;
            var problems = models.Problems();
            return problems.Count == 0
                ? Finding.Ok("models", $"{models.File}: {string.Join(", ", models.Roles.Select(role => $"{role.Key} {role.Value.Primary}"))}")
                : Finding.Warning("models", string.Join(" ", problems));
        }
        catch (AgentOSException error)
        {
            return Finding.Failed("models", error.Message);
        }
    }

    [GeneratedRegex(@"\d+\.\d+(\.\d+)?")]
    private static partial Regex VersionNumber();
}
