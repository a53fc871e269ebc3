using AgentOS.Engine.Execution;
using AgentOS.Engine.Http;
using AgentOS.Engine.Runtime.Api;
using AgentOS.Engine.Runtime.Api.Scripting;
using AgentOS.Engine.Runtime.Api.Descriptors;
using AgentOS.Engine.Runtime.Commits;
using AgentOS.Engine.Runtime.Database;
using AgentOS.Engine.Runtime.Definitions;
using AgentOS.Engine.Runtime.Events;
using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Hosting;
using AgentOS.Engine.Runtime.Http;
using AgentOS.Engine.Runtime.Instances;
using AgentOS.Engine.Runtime.Live;
using AgentOS.Engine.Runtime.Nodes;
using AgentOS.Engine.Runtime.Timers;
using AgentOS.Engine.Runtime.Work;
using Elsa.Workflows;
using Elsa.Workflows.CommitStates;
using Elsa.Workflows.Management;
using Elsa.Workflows.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentOS.Engine.Hosting;

/// <summary>Puts the workflow engine into a host.</summary>
public static class WorkflowEngineHosting
{
    /// <summary>Adds the engine with its PostgreSQL runtime. It starts and stops with the host.</summary>
    public static IServiceCollection AddWorkflowEngine(this IServiceCollection services, Action<EngineOptions> configure)
    {
        var options = new EngineOptions();
        configure(options);
        services.AddSingleton(options);
        services.AddHttpContextAccessor();

        services.AddSingleton(options.DataSource is { } shared ? new EngineDatabase(shared)
            : new EngineDatabase(options.ConnectionString ?? throw new InvalidOperationException("The workflow engine needs a connection string or a data source: set one in AddWorkflowEngine.")));
        services.AddSingleton<Node>();
        services.AddSingleton<Reaper>();
        services.AddSingleton<Backlog>();
        services.AddSingleton<Pump>();
        services.AddSingleton<LostClaims>();
        services.AddSingleton<WorkRunner>();
        services.AddSingleton<TimerService>();
        services.AddSingleton(x => new Committer(x.GetRequiredService<EngineDatabase>(), x.GetRequiredService<Node>().Id, options.CommitLanes));
        services.AddSingleton<ICommitStateHandler, TransactionalCommits>();
        services.AddSingleton<ParentNotifier>();

        services.AddSingleton<DefinitionStore>();
        services.AddSingleton<DefinitionCompiler>();
        services.AddSingleton<CompositeCatalog>();
        services.AddSingleton<DefinitionJson>();
        services.AddSingleton<DefinitionService>();
        services.AddSingleton<WorkflowReferences>();
        services.AddSingleton<WorkflowNodes>();
        services.AddSingleton<DefinitionChanges>();
        services.AddSingleton<TriggerIndexer>();
        services.AddSingleton<Seeder>();
        services.AddSingleton<GraphCatalog>();
        services.AddSingleton<IWorkflowDefinitionService>(x => x.GetRequiredService<GraphCatalog>());

        services.AddSingleton<HttpRoutes>();
        services.AddSingleton<HttpDeadline>();
        services.AddSingleton(new HttpEndpointAddress(options.HttpBasePath));
        services.AddSingleton(options.OutgoingHttp);
        services.AddSingleton<RunningBursts>();
        services.AddSingleton<Activation>();
        services.AddSingleton<BurstRunner>();
        services.AddSingleton<InstanceRunner>();
        services.AddSingleton<InstanceStore>();
        services.AddSingleton<InstanceVariables>();
        services.AddSingleton(x => new InstanceRetry(x.GetRequiredService<EngineDatabase>(), x.GetRequiredService<Node>(), x.GetRequiredService<Pump>()));
        services.AddSingleton<EngineReport>();
        services.AddSingleton<InstanceArrival>();
        services.AddSingleton<Retention>();
        services.AddSingleton<Cancellation>();
        services.AddSingleton<StimulusQueue>();
        services.AddSingleton<Stimuli>();

        services.AddSingleton<IWorkflowRuntime, WorkflowRuntime>();
        services.AddSingleton<IWorkflowDispatcher, Dispatcher>();
        services.AddSingleton<IWorkflowCancellationService>(x => x.GetRequiredService<Cancellation>());
        services.AddSingleton<IStimulusSender>(x => x.GetRequiredService<Stimuli>());
        services.AddSingleton<IEventPublisher, EventPublisher>();
        services.AddSingleton<ITaskReporter, TaskReporter>();
        services.AddSingleton<IBookmarkResumer, BookmarkResumer>();
        services.TryAddSingleton<ITaskDispatcher, SilentTaskDispatcher>();

        // A scope for each burst, so that activities may use scoped services.
        services.AddScoped<IWorkflowRunner, WorkflowRunner>();
        services.AddEngineCore();
        services.AddDescriptors();
        services.AddSingleton<TypeDefinitions>();
        services.AddLiveInstances();
        services.AddHostedService<EngineHost>();
        return services;
    }

    /// <summary>
    /// Serves Elsa's HTTP API under <see cref="EngineOptions.ApiPath"/>, and beside it the hub of those who watch instances.
    /// Who may call them is the host's to say, on what is returned.
    /// </summary>
    public static IEndpointConventionBuilder MapWorkflowEngineApi(this IEndpointRouteBuilder routes)
    {
        var path = routes.ServiceProvider.GetRequiredService<EngineOptions>().ApiPath;
        var all = routes.MapGroup("");
        WorkflowEngineApi.Map(all, path);
        all.MapLiveInstances(path);
        return all;
    }

    /// <summary>Gives requests below <see cref="EngineOptions.HttpBasePath"/> to the workflows that wait for them. Put it behind the host's own check of callers.</summary>
    public static IApplicationBuilder UseWorkflowHttpTriggers(this IApplicationBuilder app, Action<HttpTriggerOptions>? configure = null)
    {
        var access = new HttpTriggerOptions();
        configure?.Invoke(access);
        return app.UseMiddleware<HttpTriggerMiddleware>(new HttpAccess(access));
    }
}
