using AgentOS.Activities.Shell;
using AgentOS.Kernel.ModelCalls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentOS.Activities.Models;

public static class ModelServices
{
    /// <summary>The gateway to models and the MCP servers, over the kernel's stores. Needs <c>AddKernel</c> and a <see cref="Sandbox"/>.</summary>
    /// <param name="configuration">Files of which the first that exists is used: the data folder's llm.yaml, then the installation's.</param>
    /// <param name="dataFolder">MCP commands get folders of their own in it.</param>
    public static IServiceCollection AddModels(this IServiceCollection services, IReadOnlyList<string> configuration, string dataFolder) => services
        .AddSingleton(provider => new ModelConfigurationFile(configuration, logger: provider.GetService<ILogger<ModelConfigurationFile>>()))
        .AddSingleton<OfferModels>(provider => () => Offer(provider.GetRequiredService<ModelConfigurationFile>().Current))
        .AddSingleton<ReadModels>(provider => () => Catalogue(provider.GetRequiredService<ModelConfigurationFile>()))
        .AddSingleton<ModelClients>()
        .AddSingleton<IModelCallLedger>(provider => new KernelLedger(provider.GetRequiredService<ModelCallStore>()))
        .AddSingleton(provider => new ModelGateway(
            provider.GetRequiredService<ModelConfigurationFile>(), provider.GetRequiredService<ModelClients>(), provider.GetRequiredService<IModelCallLedger>(),
            provider.GetService<RetryPolicy>(), provider.GetService<TimeProvider>(), provider.GetService<ILogger<ModelGateway>>()))
        .AddSingleton<PingModel>(provider => new ModelPinger(
            provider.GetRequiredService<ModelConfigurationFile>(), provider.GetRequiredService<ModelClients>(), provider.GetRequiredService<IModelCallLedger>(), provider.GetService<TimeProvider>()).PingAsync)
        .AddSingleton(provider => new McpServers(
            provider.GetRequiredService<ModelConfigurationFile>(), provider.GetRequiredService<Sandbox>(), Path.Combine(dataFolder, "mcp"),
            provider.GetService<TimeProvider>(), provider.GetService<ILogger<McpServers>>()));

    private static ModelOffer Offer(ModelConfiguration configured) => new(
        [.. configured.Providers.Values.SelectMany(provider => provider.Models).Select(model => model.ToString())],
        configured.Roles.Values.ToDictionary(role => role.Name, role => role.Primary.ToString()), reference => configured.Model(reference).ToString());

    private static ModelCatalogue Catalogue(ModelConfigurationFile file)
    {
        var configured = file.Current;
        return new(configured.File,
            [.. configured.Providers.Values.Select(provider => new ProviderSettings(provider.Name, Shown(provider.BaseUrl), provider.ApiKey is not null, provider.Problem,
                [.. provider.Models.Select(model => new ModelPrice(model.Name, model.InputPrice, model.OutputPrice, model.ContextTokens))]))],
            [.. configured.Roles.Values.Select(role => new RoleSettings(role.Name, role.Primary.ToString(), role.Fallback?.ToString()))],
            [.. configured.Problems(), .. configured.Notes(), .. file.Problem is { } problem ? [problem] : Array.Empty<string>()]);
    }

    /// <summary>Without what may be a credential in it.</summary>
    private static string? Shown(Uri? address) => address?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
