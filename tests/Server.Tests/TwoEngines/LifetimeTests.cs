using AgentOS.Activities;
using AgentOS.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.TwoEngines;

/// <summary>Elsa's services live as long as a burst or a request. Our engine's live as long as the server, and would not show the difference.</summary>
public sealed class LifetimeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Nothing_holds_a_service_of_the_engine_for_longer_than_a_scope()
    {
        await using var database = NpgsqlDataSource.Create("Host=nowhere");
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddKernel(database);
        services.AddAgentOSActivities(_folder.Path, []);
        Type[] engine = [.. services.SelectMany(service => service.ImplementationType?.GetConstructors() ?? []).SelectMany(constructor => constructor.GetParameters())
            .Select(parameter => parameter.ParameterType).Where(type => type.Namespace?.StartsWith("Elsa", StringComparison.Ordinal) == true).Distinct()];
        foreach (var type in engine) services.AddScoped(type, _ => throw new NotSupportedException());

        engine.ShouldNotBeEmpty();
        Should.NotThrow(() => services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true })).Dispose();
    }

    public void Dispose() => _folder.Dispose();
}
