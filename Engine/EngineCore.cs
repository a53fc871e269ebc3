using AgentOS.Engine.Definitions;
using AgentOS.Engine.Execution;
using AgentOS.Engine.Expressions;
using AgentOS.Engine.Expressions.JavaScript;
using AgentOS.Engine.Expressions.Liquid;
using AgentOS.Engine.Http;
using AgentOS.Engine.Services;
using AgentOS.Engine.State;
using Elsa.Common;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.JavaScript.Contracts;
using Elsa.Scheduling;
using Elsa.Workflows;
using Elsa.Workflows.CommitStates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentOS.Engine;

/// <summary>The engine without storage: definitions, interpreter, activities, expressions.</summary>
public static class EngineCore
{
    /// <summary>Adds what runs a workflow in memory. Whoever keeps instances registers an <see cref="ICommitStateHandler"/>.</summary>
    public static IServiceCollection AddEngineCore(this IServiceCollection services)
    {
        services.AddLogging();
        services.AddOptions();
        services.AddHttpContextAccessor();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISystemClock, TimeProviderClock>();
        services.TryAddSingleton<IIdentityGenerator, SequentialIdentityGenerator>();
        services.TryAddSingleton<IStimulusHasher, StimulusHasher>();
        services.TryAddSingleton(_ => new PatientOutput(Console.Out)); // of its own, so that it is disposed
        services.TryAddSingleton<IStandardOutStreamProvider>(x => new StandardOutStreamProvider(x.GetRequiredService<PatientOutput>()));
        services.TryAddSingleton<TypeAliases>();
        services.TryAddSingleton<IWellKnownTypeRegistry>(x => x.GetRequiredService<TypeAliases>());

        services.AddSingleton<IExpressionDescriptorProvider, BuiltInExpressions>();
        services.TryAddSingleton<JavaScriptEvaluator>();
        services.TryAddSingleton<IJavaScriptEvaluator>(x => x.GetRequiredService<JavaScriptEvaluator>());
        services.AddSingleton<IExpressionDescriptorProvider, JavaScriptExpressions>();
        services.AddSingleton<IExpressionDescriptorProvider, LiquidExpressions>();
        services.TryAddSingleton<IExpressionDescriptorRegistry, ExpressionDescriptorRegistry>();
        services.TryAddSingleton<IExpressionEvaluator, ExpressionEvaluator>();
        services.TryAddSingleton<InputEvaluator>();

        services.TryAddSingleton<ActivityDescriber>();
        services.TryAddSingleton<IActivityRegistry>(x =>
        {
            var registry = new ActivityRegistry(x.GetRequiredService<ActivityDescriber>());
            foreach (var type in BuiltInActivities.Types) registry.Register(x.GetRequiredService<ActivityDescriber>().Describe(type));
            foreach (var type in x.GetServices<ActivityAssembly>().SelectMany(each => each.Assembly.GetExportedTypes()).Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IActivity))))
                registry.Register(x.GetRequiredService<ActivityDescriber>().Describe(type));
            return registry;
        });
        services.TryAddSingleton<WorkflowGraphBuilder>();
        services.TryAddSingleton<IWorkflowGraphBuilder>(x => x.GetRequiredService<WorkflowGraphBuilder>());

        services.TryAddSingleton<OutgoingHttpOptions>();
        services.TryAddSingleton<OutgoingHttp>();
        services.TryAddSingleton<RetryStrategies>();
        services.TryAddSingleton(new HttpEndpointAddress("/workflows"));
        services.TryAddSingleton<ICronParser, CronParser>();
        services.TryAddSingleton<ValueReader>();
        services.TryAddSingleton<ActivityReader>();
        services.TryAddSingleton(x => new DefinitionReader(x.GetRequiredService<ActivityReader>(), x.GetRequiredService<ValueReader>(), x.GetRequiredService<WorkflowGraphBuilder>()));

        services.TryAddSingleton(x => new DefinitionValidator(x.GetRequiredService<IActivityRegistry>(), x.GetRequiredService<DefinitionReader>(), x.GetRequiredService<IExpressionDescriptorRegistry>(), x.GetRequiredService<JavaScriptEvaluator>(), x.GetRequiredService<RetryStrategies>()));
        services.TryAddSingleton(x => new CompositeActivities(x.GetRequiredService<IActivityRegistry>(), x.GetRequiredService<DefinitionReader>(), x.GetRequiredService<WorkflowGraphBuilder>()));

        services.TryAddSingleton(CommitStrategies.CreateRegistry());
        services.TryAddSingleton<ICommitStateHandler, NoopCommitStateHandler>();
        services.TryAddSingleton<IWorkflowStateExtractor, WorkflowStateExtractor>();
        services.TryAddSingleton<EngineServices>();
        services.TryAddSingleton<Interpreter>();
        services.TryAddSingleton<IWorkflowRunner, WorkflowRunner>();
        return services;
    }
}
