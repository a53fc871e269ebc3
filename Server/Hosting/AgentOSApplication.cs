using System.Text.Json;
using System.Text.Json.Serialization;
using AgentOS.Activities;
using AgentOS.Kernel;
using AgentOS.Kernel.Settings;
using AgentOS.Kernel.Webhooks;
using AgentOS.Server.Api;
using AgentOS.Server.Hosting.Access;
using AgentOS.Server.Hosting.Logging;
using AgentOS.Server.Hosting.Webhooks;
using AgentOS.Studio;
using Microsoft.AspNetCore.DataProtection;

namespace AgentOS.Server.Hosting;

/// <summary>The only place where the parts are put together.</summary>
internal static class AgentOSApplication
{
    private const int LargestBody = 16 << 20;

    public static WebApplication Build(ServerSettings settings, ServerDatabase database)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Not the working directory: that is a repository as often as not, and its files are no configuration of ours.
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = "agentos",
            EnvironmentName = Environments.Production,
        });
        builder.Logging.AddServerLogs(settings);
        builder.WebHost.UseUrls(settings.Url.GetLeftPart(UriPartial.Authority));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        // From a build folder, not a published one, the static files of the libraries are where their packages are.
        if (File.Exists(Path.Combine(AppContext.BaseDirectory, "agentos.staticwebassets.runtime.json"))) builder.WebHost.UseStaticWebAssets();
        AddServices(builder.Services, settings, database);

        var app = builder.Build();
        UseMiddleware(app);
        MapRoutes(app);
        return app;
    }

    private static void AddServices(IServiceCollection services, ServerSettings settings, ServerDatabase database)
    {
        services.AddSingleton(settings);
        services.AddSingleton(settings.Data);
        services.AddSingleton(database);
        services.AddKernel(database.DataSource);
        services.AddSingleton<ReadConfiguration>(() => ServerConfiguration.Of(settings, database.ConnectionString));
        services.AddAgentOSActivities(settings.Data.Path, settings.ModelFiles);
        services.AddHostedService<FirstAgents>();
        services.AddEngine(settings, database);
        WorkflowDesk.Add(services);
        StatusDesk.Add(services);
        services.AddApi();
        services.AddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true); // Problems says what is wrong with it
        services.AddDataProtection().SetApplicationName("AgentOS").PersistKeysToFileSystem(Directory.CreateDirectory(settings.Data.In("keys")));
        settings.Data.EnsureToken();
        services.AddAccess();
        services.AddSingleton(WebhookOptions.Default).AddSingleton<WebhookSender>().AddHostedService<WebhookDuty>().AddSingleton<TestWebhook>(provider => provider.GetRequiredService<WebhookSender>().TestAsync);
        services.AddExceptionHandler<Problems>();
        services.AddProblemDetails();
        services.AddOpenApi();
        services.AddTelemetry();
        if (settings is { JoinsServer: true, ConnectionString: null }) services.AddHostedService<ServerWatch>();
        services.AddStudio();
    }

    private static void UseMiddleware(WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseMiddleware<CallerGuard>();
        app.UseMiddleware<SafeHeaders>();
        app.UseStatusCodePages(Problems.DescribeStatusAsync);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<BrowserSessionEnds>();
        app.UseAntiforgery();
        app.UseEngine();
    }

    private static void MapRoutes(WebApplication app)
    {
        app.MapAccess();
        app.MapApi();
        app.MapStudio();
        app.MapOpenApi("/openapi/{documentName}.json");
    }
}
