namespace AgentOS.Server.Api;

/// <summary>/api: a file beside this one for each resource.</summary>
internal static class ApiSetup
{
    public static void AddApi(this IServiceCollection services) => services.AddSingleton<Lookup>().AddSingleton<TaskCosts>();

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapServerApi();
        routes.MapTaskApi();
        routes.MapDecisionApi();
        routes.MapGoalApi();
        routes.MapAgentApi();
        routes.MapRepositoryApi();
        routes.MapMessageApi();
        routes.MapLogApi();
        routes.MapSessionApi();
        routes.MapModelCallApi();
        routes.MapEvidenceApi();
        routes.MapLessonApi();
        routes.MapScheduleApi();
        routes.MapCostApi();
        routes.MapModelApi();
        routes.MapWorkflowApi();
        routes.MapBrowserApi();
        routes.MapWebhookApi();
    }
}
