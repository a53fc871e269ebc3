using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace AgentOS.Server.Hosting.Logging;

/// <summary>One short line an event; the whole of an exception is in the file.</summary>
internal sealed class QuietConsole() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "quiet";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var mark = logEntry.LogLevel switch { LogLevel.Warning => "warning: ", LogLevel.Error => "error: ", LogLevel.Critical => "fatal: ", _ => "" };
        textWriter.Write($"{DateTime.Now:HH:mm:ss} {mark}{logEntry.Formatter(logEntry.State, logEntry.Exception)}");
        if (logEntry.Exception is { } error) textWriter.Write($" ({error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")})");
        textWriter.WriteLine();
    }
}
