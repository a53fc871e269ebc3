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
        .AddSingleton<ModelClients>()
        .AddSingleton<IModelCallLedger>(provider => new KernelLedger(provider.GetRequiredService<ModelCallStore>()))
        .AddSingleton(provider => new ModelGateway(
            provider.GetRequiredService<ModelConfigurationFile>(), provider.GetRequiredService<ModelClients>(), provider.GetRequiredService<IModelCallLedger>(),
            provider.GetService<RetryPolicy>(), provider.GetService<TimeProvider>(), provider.GetService<ILogger<ModelGateway>>()))
        .AddSingleton(provider => new McpServers(
            provider.GetRequiredService<ModelConfigurationFile>(), provider.GetRequiredService<Sandbox>(), Path.Combine(dataFolder, "mcp"),
            provider.GetService<TimeProvider>(), provider.GetService<ILogger<McpServers>>()));
}
