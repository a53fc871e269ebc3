using AgentOS.Engine.Http;
using AgentOS.Engine.State;
using Elsa.Expressions.Contracts;
using Elsa.Workflows;
using Elsa.Workflows.CommitStates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentOS.Engine.Runtime.Api.Descriptors;

/// <summary>What a definition can be made of: the designer asks for all of it whenever it opens.</summary>
internal static class DescriptorApi
{
    public static IServiceCollection AddDescriptors(this IServiceCollection services)
    {
        services.TryAddSingleton<TypeNames>();
        services.TryAddSingleton<ActivityModels>();
        return services;
    }

    /// <param name="api">The group of Elsa's API.</param>
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/descriptors");
        MapActivities(group);
        group.MapGet("/expression-descriptors", (IExpressionDescriptorRegistry registry) => Items(registry.ListAll()
            .Where(each => each.Type != "Output")
            .Select(each => new ExpressionModel(each.Type, each.DisplayName, each.IsSerializable, each.IsBrowsable, each.Properties)).ToList()));
        group.MapGet("/variables", () => Json(new { items = DesignerChoices.VariableTypes }));
        group.MapGet("/storage-drivers", () => Json(new { items = DesignerChoices.StorageDrivers }));
        group.MapGet("/workflow-activation-strategies", () => Items(DesignerChoices.ActivationStrategies));
        group.MapGet("/incident-strategies", () => Items(DesignerChoices.IncidentStrategies));
        group.MapGet("/log-persistence-strategies", () => Items(DesignerChoices.LogPersistenceStrategies));
        group.MapGet("/output-converters", () => Items(Array.Empty<object>()));
        group.MapGet("/commit-strategies/workflows", (ICommitStrategyRegistry registry) => Items(registry.ListWorkflowStrategyRegistrations().Select(each => Model(each.Metadata)).ToList()));
        group.MapGet("/commit-strategies/activities", (ICommitStrategyRegistry registry) => Items(registry.ListActivityStrategyRegistrations().Select(each => Model(each.Metadata)).ToList()));

        api.MapGet("/features/installed", () => Items(InstalledFeatures.All));
        api.MapGet("/features/installed/{fullName}", (string fullName) =>
            InstalledFeatures.All.FirstOrDefault(feature => feature.FullName == fullName) is { } feature ? Json(feature) : Results.NotFound());
        api.MapGet("/package/version", () => Json(new { packageVersion = "3.8.0" }));
        // One category is all there is: requests.
        api.MapGet("/resilience/strategies", (OutgoingHttpOptions options) => Items(options.Strategies.Select(RetryStrategies.Shown).ToList()));
    }

    private static void MapActivities(RouteGroupBuilder group)
    {
        group.MapGet("/activities", async (ActivityModels models, IActivityRegistry registry, IServiceProvider services, bool? refresh, CancellationToken cancellation) =>
        {
            // Workflows that are used as activities come and go with every publish.
            if (refresh == true) await registry.RefreshDescriptorsAsync(services.GetServices<IActivityProvider>(), cancellation);
            return Items(await models.ListAsync(cancellation));
        });
        group.MapGet("/activities/{typeName}", async (ActivityModels models, string typeName, int? version, CancellationToken cancellation) =>
            await models.FindAsync(typeName, version, cancellation) is { } model ? Json(model) : Results.NotFound());
        group.MapPost("/activities/{typeName}/options/{property}", async (ActivityModels models, string typeName, string property, HttpContext http, CancellationToken cancellation) =>
            await models.OptionsAsync(typeName, property, (await ApiRequest.ReadAsync(http)).Element("context") is { } context ? EngineJson.ToPlain(context) : null, cancellation) is { } options ? Json(new { items = options }) : Results.NotFound());
    }

    private static CommitStrategyModel Model(CommitStrategyMetadata metadata) => new(metadata.Name, metadata.DisplayName, metadata.Description);

    private static IResult Items<T>(IReadOnlyCollection<T> items) => Json(new Listing<T>(items));

    private static IResult Json<T>(T value) => Results.Json(value, EngineJson.Options, "application/json");
}
