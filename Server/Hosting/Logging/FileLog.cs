using System.Globalization;

namespace AgentOS.Server.Hosting.Logging;

/// <summary>Writes the log to <c>server.log</c> in a folder; at 8 MB it becomes <c>server.1.log</c>, and so on up to <c>server.5.log</c>.</summary>
internal sealed class FileLog(string folder, long maxBytes = 8 << 20, int kept = 5) : ILoggerProvider
{
    private readonly Lock _gate = new();
    private FileStream? _file;
    private bool _closed;

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _file?.Dispose();
        }
    }

    // Written at once, not by a background task: the last lines before a crash are the ones that matter.
    private void Write(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_closed) return;
            try
            {
                _file ??= Open();
                if (_file.Length > 0 && _file.Length + line.Length > maxBytes) Rotate();
                _file!.Write(line);
                _file.Flush();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A full disk must not stop the work that is logged.
                _file?.Dispose();
                _file = null;
            }
        }
    }

    private FileStream Open() => new(Numbered(0), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 4096);

    private void Rotate()
    {
        _file!.Dispose();
        for (var number = kept - 1; number >= 0; number--)
            if (File.Exists(Numbered(number))) File.Move(Numbered(number), Numbered(number + 1), overwrite: true);
        _file = Open();
    }

    private string Numbered(int number) => Path.Combine(folder, number == 0 ? "server.log" : $"server.{number.ToString(CultureInfo.InvariantCulture)}.log");

    private sealed class Category(FileLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = $"{DateTime.UtcNow:O} {Short(logLevel)} {name}: {formatter(state, exception)}{(exception is null ? "" : "\n" + exception)}\n";
            log.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }

        private static string Short(LogLevel level) => level switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            _ => "crit",
        };
    }
}
