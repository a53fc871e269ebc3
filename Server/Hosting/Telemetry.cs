using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AgentOS.Server.Hosting;

internal static class Telemetry
{
    /// <summary>Traces and metrics; they leave the process only when the environment names a collector (OTEL_EXPORTER_OTLP_ENDPOINT).</summary>
    public static void AddTelemetry(this IServiceCollection services)
    {
        if (string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"))) return;
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("agentos", serviceVersion: AgentOSServer.Version))
            .WithTracing(traces => traces
                .AddSource("AgentOS.*", "Experimental.Microsoft.Extensions.AI")
                .AddAspNetCoreInstrumentation()
                .AddNpgsql()
                .AddOtlpExporter())
            .WithMetrics(metrics => metrics
                .AddMeter("AgentOS.*", "Experimental.Microsoft.Extensions.AI", "Npgsql", "System.Runtime")
                .AddAspNetCoreInstrumentation()
                .AddOtlpExporter());
    }
}
