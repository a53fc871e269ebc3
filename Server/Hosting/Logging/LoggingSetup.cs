using Microsoft.Extensions.Logging.Console;

namespace AgentOS.Server.Hosting.Logging;

internal static class LoggingSetup
{
    /// <summary>Everything of ours to the file; what a person should see to the console, too.</summary>
    public static void AddServerLogs(this ILoggingBuilder logging, ServerSettings settings)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        logging.AddFilter("AgentOS.Server.Hosting.Access", LogLevel.Warning);
        // Keys are files that only the owner can read, as the token is.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        logging.AddFilter("Npgsql", LogLevel.Warning);
        logging.AddFilter("OpenTelemetry", LogLevel.Warning);
        // These report a request that failed as an error of the host; Problems logs it once, with its route.
        logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None);
        logging.AddProvider(new FileLog(settings.Data.Logs));
        if (settings.Detached) return;
        logging.AddConsole(options => options.FormatterName = QuietConsole.FormatterName)
            .AddConsoleFormatter<QuietConsole, ConsoleFormatterOptions>();
    }
}
