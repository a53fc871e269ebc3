using AgentOS.Activities;
using AgentOS.Engine.Hosting;
using AgentOS.Engine.Services;

namespace AgentOS.Server.Hosting;

/// <summary>The workflow engine in this host. All that differs between the two engines is in this file and its twin.</summary>
internal static class EngineSetup
{
    public static void AddEngine(this IServiceCollection services, ServerSettings settings, ServerDatabase database) => services.AddWorkflowEngine(engine =>
    {
        engine.DataSource = database.DataSource;
        engine.WorkflowsFolder = Installation.Find().Workflows;
        engine.RunWork = settings.Role is null or "worker" or "orchestrator" or "reviewer";
    }).AddSingleton(new ActivityAssembly(typeof(AgentOSActivities).Assembly));

    /// <summary>Elsa's API, and HTTP triggers for whoever came past the host's own check of callers.</summary>
    public static void UseEngine(this WebApplication app)
    {
        app.UseWorkflowHttpTriggers();
        app.MapWorkflowEngineApi();
    }
}
