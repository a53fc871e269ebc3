using System.Diagnostics;
using System.Text.Json;

namespace AgentOS.Activities.Shell;

/// <summary>One process from start to end: its output, its limits, its report.</summary>
/// <param name="Problem">Why the sandbox itself could not be made, or null.</param>
internal sealed record SandboxRun(CommandResult Result, string? Problem)
{
    // After the command's end somebody may still hold its output open: only without a sandbox.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    // A busy machine may take long to make a sandbox. The command's own time begins when that is done.
    private static readonly TimeSpan Preparation = TimeSpan.FromSeconds(60);

    public static Task<SandboxRun> BubblewrapAsync(SandboxCommand command, string bubblewrap, Action<string>? onLine, CancellationToken cancel) =>
        RunAsync(BubblewrapStart(command, bubblewrap), command, sandboxed: true, onLine, cancel);

    public static Task<SandboxRun> UnprotectedAsync(SandboxCommand command, Action<string>? onLine, CancellationToken cancel) =>
        RunAsync(UnprotectedStart(command), command, sandboxed: false, onLine, cancel);

    public static ProcessStartInfo BubblewrapStart(SandboxCommand command, string bubblewrap)
    {
        var tools = Toolchains.OnThisMachine;
        var info = Prepare(SandboxEnvironment.For(command, Sandbox.WorkspacePath, tools));
        foreach (var argument in Bubblewrap.Arguments(command, bubblewrap, tools))
            info.ArgumentList.Add(argument);
        return info;
    }

    public static ProcessStartInfo UnprotectedStart(SandboxCommand command)
    {
        var info = Prepare(SandboxEnvironment.For(command, command.Workspace, Toolchains.OnThisMachine));
        info.WorkingDirectory = Bubblewrap.Folder(command.Workspace, command.Folder);
        foreach (var argument in (string[])["-c", "exec 2>&1; exec \"$@\"", "command", .. Bubblewrap.ShellLine(command.Command)])
            info.ArgumentList.Add(argument);
        return info;
    }

    private static ProcessStartInfo Prepare(IReadOnlyDictionary<string, string> environment)
    {
        var info = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment.Clear();
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        return info;
    }

    private static async Task<SandboxRun> RunAsync(
        ProcessStartInfo info, SandboxCommand command, bool sandboxed, Action<string>? onLine, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var clock = Stopwatch.StartNew();
        using var process = await ProcessLauncher.StartAsync(info);
        var output = new OutputBuffer(command.Policy.Limits.Output, onLine);
        using var ended = new CancellationTokenSource();
        using var closed = new CancellationTokenSource();
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(sandboxed ? Preparation + command.EffectiveTimeout : command.EffectiveTimeout);

        process.StandardInput.Close();
        var reading = ReadAsync(process.StandardOutput.BaseStream, output, closed.Token);
        var status = new StatusReport(() => time.CancelAfter(command.EffectiveTimeout));
        var watching = status.WatchAsync(process.StandardError, command, sandboxed, ended.Token, closed.Token);
        string? stoppedBy = null;
        var timedOut = false;
        try
        {
            var exit = process.WaitForExitAsync(time.Token);
            if (await Task.WhenAny(exit, watching) == watching && await watching is { } limit)
            {
                stoppedBy = limit;
                Kill(process, status, sandboxed);
            }
            await exit;
        }
        catch (OperationCanceledException)
        {
            // Before the kill: bubblewrap may still get to report how the command that we end here ended.
            timedOut = stoppedBy is null && status.ExitCode is null;
            Kill(process, status, sandboxed);
        }
        await process.WaitForExitAsync(CancellationToken.None);
        await ended.CancelAsync();
        // What was said last may still be on its way.
        closed.CancelAfter(Linger);
        await reading;
        await watching;
        cancel.ThrowIfCancellationRequested();

        if (timedOut)
            stoppedBy = $"its time limit of {command.EffectiveTimeout.TotalSeconds:0.#} seconds";
        output.Complete();
        var result = new CommandResult(
            stoppedBy is null ? process.ExitCode : 124, output.ToString(), timedOut, output.Truncated, clock.Elapsed, stoppedBy);
        var failed = sandboxed && stoppedBy is null && status.ExitCode is null;
        return new(result, failed ? result.Output.Trim() is { Length: > 0 } said ? said : "it ended without saying why" : null);
    }

    private static async Task ReadAsync(Stream stream, OutputBuffer output, CancellationToken cancel)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (await stream.ReadAsync(buffer, cancel) is > 0 and var count)
                output.Append(buffer.AsSpan(0, count));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static void Kill(Process process, StatusReport status, bool sandboxed)
    {
        // The first process of the sandbox takes all others with it.
        if (sandboxed && status.SandboxPid is { } pid && TryFind(pid) is { } init)
        {
            using (init)
                init.Kill();
        }
        process.Kill(entireProcessTree: !sandboxed);
    }

    private static Process? TryFind(int pid)
    {
        try
        {
            return Process.GetProcessById(pid);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What bubblewrap tells about itself: one JSON object a line.</summary>
    private sealed class StatusReport(Action begun)
    {
        public int? SandboxPid { get; private set; }

        public int? ExitCode { get; private set; }

        /// <summary>Reads the report to its end; completes with the limit that was passed, or null.</summary>
        public async Task<string?> WatchAsync(StreamReader report, SandboxCommand command, bool sandboxed, CancellationToken ended, CancellationToken closed)
        {
            string? exceeded = null;
            Task<string?> watch = Task.FromResult<string?>(null);
            try
            {
                while (true)
                {
                    var reading = report.ReadLineAsync(closed).AsTask();
                    if (!watch.IsCompleted && await Task.WhenAny(reading, watch) == watch && (exceeded = await watch) is not null)
                        return exceeded;
                    if (await reading is not { } line)
                        break;
                    if (sandboxed && Number(line, "child-pid") is { } pid)
                    {
                        SandboxPid = pid;
                        watch = new ResourceWatch(command.Policy.Limits, [command.Workspace, .. command.Policy.WritablePaths], pid).WatchAsync(ended);
                    }
                    if (sandboxed && Number(line, "begun") is not null)
                        begun();
                    ExitCode ??= Number(line, "exit-code");
                }
            }
            catch (OperationCanceledException)
            {
            }
            return exceeded;
        }

        private static int? Number(string json, string name)
        {
            try
            {
                using var document = JsonDocument.Parse(json);
                return document.RootElement.TryGetProperty(name, out var value) ? value.GetInt32() : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
