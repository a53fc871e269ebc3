using AgentOS.Activities.Coding;
using AgentOS.Activities.Git;
using AgentOS.Activities.Heartbeat;
using AgentOS.Activities.Human;
using AgentOS.Activities.Merging;
using AgentOS.Activities.Models;
using AgentOS.Activities.Models.Sessions;
using AgentOS.Activities.Planning;
using AgentOS.Activities.Review;
using AgentOS.Activities.Review.Checks;
using AgentOS.Activities.Shell;
using AgentOS.Activities.Web;
using AgentOS.Kernel.Repositories;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Activities;

/// <summary>What agents do, as services. The activities themselves are registered with the engine.</summary>
public static class AgentOSActivities
{
    /// <param name="dataFolder">Holds workspaces and caches of dependencies.</param>
    /// <param name="configuration">The files of models, the first that exists counts.</param>
    public static IServiceCollection AddAgentOSActivities(this IServiceCollection services, string dataFolder, IReadOnlyList<string> configuration)
    {
        services.AddModels(configuration, dataFolder);
        services.AddSingleton<InspectRepository>((path, branch) =>
        {
            var found = ManagedRepository.Inspect(path, branch);
            return new(found.Path, found.Branch);
        });
        services.AddSingleton<CloneRepository>((url, name, branch, cancellation) => RepositoryClone.MakeAsync(Path.Combine(dataFolder, "repositories"), url, name, branch, cancellation));
        services.AddSingleton(new Workspaces(Path.Combine(dataFolder, "workspaces")));
        services.AddSingleton<TaskDiffs>();
        services.AddSingleton(provider => provider.GetRequiredService<TaskDiffs>().Reader);
        services.AddSingleton(SandboxOptions.FromEnvironment());
        services.AddSingleton<Sandbox>();
        services.AddSingleton(provider => new Dependencies(Path.Combine(dataFolder, "dependencies"), provider.GetRequiredService<Sandbox>(), provider.GetRequiredService<Workspaces>()));
        services.AddSingleton<CheckRunner>();
        services.AddSingleton<RepositoryChecker>();
        services.AddSingleton<ShellTools>();
        services.AddSingleton(new WebOptions());
        services.AddSingleton<WebFetcher>();
        services.AddSingleton<FetchUrlTool>();

        services.AddSingleton(new SessionOptions());
        services.AddSingleton<SessionBriefing>();
        services.AddSingleton<SessionTools>();
        services.AddSingleton<LiveWords>();
        services.AddSingleton<SessionPurpose, PlanPurpose>();
        services.AddSingleton<SessionPurpose, CodePurpose>();
        services.AddSingleton<SessionPurpose, ReviewPurpose>();
        services.AddSingleton<SessionPurpose, GoalReviewPurpose>();
        services.AddSingleton<SessionService>();

        services.AddSingleton(new PlanningOptions());
        services.AddSingleton<PlanningTools>();
        services.AddScoped<TaskStarter>();
        services.AddScoped<GoalService>();
        services.AddSingleton<CodingService>();
        services.AddSingleton<ReviewService>();
        services.AddSingleton<QuestionService>();
        services.AddScoped<Signals>();
        services.AddScoped<MergeService>();
        services.AddSingleton<Triage>();
        services.AddScoped<Duties>();
        services.AddHostedService<Doorbell>();
        return services;
    }
}
