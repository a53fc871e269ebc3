using System.Globalization;

namespace AgentOS.Activities.Shell;

/// <summary>
/// Looks now and then at all processes of one sandbox, for what the kernel limits only per process, or not at all for root:
/// memory and processes together, and disk.
/// </summary>
internal sealed class ResourceWatch(SandboxLimits limits, IReadOnlyList<string> writableFolders, int sandboxPid)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(150);
    private static readonly long PageSize = Environment.SystemPageSize;

    // The kernel fails what passes its limits; the watch ends only what gets around them.
    private readonly int mostProcesses = limits.Processes + 1;
    private readonly long freeAtStart = Free(writableFolders);

    /// <summary>Completes with the limit that was passed, in words, or null when the command has ended.</summary>
    public async Task<string?> WatchAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                if (Exceeded() is { } limit)
                    return limit;
            }
        }
        catch (OperationCanceledException)
        {
        }
        return null;
    }

    private string? Exceeded()
    {
        var (processes, memory) = Count();
        if (processes > mostProcesses)
            return $"more than {limits.Processes} processes";
        if (memory > limits.Memory)
            return $"more than {limits.Memory >> 20} MB of memory";
        return DiskExceeded() ? $"more than {limits.Disk >> 20} MB added to the disk" : null;
    }

    private (int Processes, long Memory) Count()
    {
        var processes = 0;
        var memory = 0L;
        try
        {
            // The sandbox's own /proc lists just its processes, also those that no longer have a parent there.
            foreach (var folder in Directory.EnumerateDirectories($"/proc/{sandboxPid}/root/proc"))
            {
                if (!char.IsAsciiDigit(Path.GetFileName(folder)[0]))
                    continue;
                processes++;
                memory += ResidentMemory(folder);
            }
        }
        catch (IOException)
        {
            // It ended while we looked.
        }
        catch (UnauthorizedAccessException)
        {
        }
        return (processes, memory);
    }

    private static long ResidentMemory(string process)
    {
        try
        {
            var fields = File.ReadAllText($"{process}/statm").Split(' ');
            return (long.Parse(fields[1], CultureInfo.InvariantCulture) - long.Parse(fields[2], CultureInfo.InvariantCulture)) * PageSize;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return 0;
        }
    }

    // The free space of the disk is cheap to read but shared with everybody: only when it shrank too much are the folders measured.
    private bool DiskExceeded()
    {
        if (freeAtStart - Free(writableFolders) <= limits.Disk)
            return false;
        return writableFolders.Sum(Size) > limits.Disk;
    }

    private static long Free(IReadOnlyList<string> folders) => folders.Count == 0 ? 0 : new DriveInfo(folders[0]).AvailableFreeSpace;

    private static long Size(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions
            {
                RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true,
            }).Sum(file => file.Length);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
