using System.Diagnostics;
using System.Reflection;
using AgentOS.Kernel;
using AgentOS.Server.Hosting;

namespace AgentOS.Server.Cli;

/// <summary>Starts a server as a process of its own, and waits until it is up or says why it is not.</summary>
internal static class DetachedServer
{
    public static async Task<int> StartAsync(ServerSettings settings, CancellationToken cancellation)
    {
        var code = await Watching.ShowAsync(StartingText(settings), () => LaunchAsync(settings, cancellation));
        if (code == ExitCode.Done) Console.WriteLine($"AgentOS is up at {settings.Data.ReadServer()?.Url} (data folder {settings.Data.Path}).");
        return code;
    }

    /// <summary>What to tell who waits for a start: the first one takes longer.</summary>
    public static string StartingText(ServerSettings settings) => settings.ConnectionString is null && !Directory.Exists(settings.Data.In("postgres"))
        ? "First start: making PostgreSQL's cluster and its tables…"
        : "Starting PostgreSQL and the server…";

    /// <summary>Returns when the server is up; what it says when it is not goes to standard error.</summary>
    public static async Task<int> LaunchAsync(ServerSettings settings, CancellationToken cancellation)
    {
        settings.Data.Create();
        var start = Self("start");
        if (settings.Role is not null) start.ArgumentList.Add(settings.Role);
        start.ArgumentList.Add("--url");
        start.ArgumentList.Add(settings.Url.GetLeftPart(UriPartial.Authority));
        start.ArgumentList.Add("--workers");
        start.ArgumentList.Add(settings.Workers.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (settings.Recording is not null)
        {
            start.ArgumentList.Add("--recording");
            start.ArgumentList.Add(settings.Recording);
        }

        start.Environment["AGENTOS_HOME"] = settings.Data.Path;
        start.Environment["AGENTOS_DETACHED"] = "1";
        // Pipes, not the terminal: who reads this command's output is not kept waiting by the server.
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start) ?? throw new AgentOSException("The server process could not be started.");

        var errors = process.StandardError.ReadToEndAsync(cancellation);
        var announced = await process.StandardOutput.ReadLineAsync(cancellation);
        if (announced is null)
        {
            await process.WaitForExitAsync(cancellation);
            Console.Error.Write(await errors);
            return process.ExitCode == 0 ? ExitCode.Failed : process.ExitCode;
        }

        // Nobody reads them from now on: open, they would fill, and the server would wait for room. (The process's own Dispose leaves them to the garbage collector.)
        process.StandardOutput.Close();
        process.StandardError.Close();
        process.StandardInput.Close();
        return ExitCode.Done;
    }

    /// <summary>This program, to be run once more; in a session of its own where the system has <c>setsid</c>, so that closing the terminal does not end it.</summary>
    private static ProcessStartInfo Self(params string[] arguments)
    {
        var program = Environment.ProcessPath!;
        List<string> command = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Assembly.GetExecutingAssembly().Location, .. arguments] : [program, .. arguments];
        if (File.Exists("/usr/bin/setsid")) command.Insert(0, "/usr/bin/setsid");
        return new(command[0], command.Skip(1)) { UseShellExecute = false };
    }
}
