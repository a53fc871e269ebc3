using AgentOS.Kernel.Access;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Board;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Goals;
using AgentOS.Kernel.Health;
using AgentOS.Kernel.Lessons;
using AgentOS.Kernel.Log;
using AgentOS.Kernel.Merging;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Kernel.Notifications;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Schedules;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Settings;
using AgentOS.Kernel.Tasks;
using AgentOS.Kernel.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace AgentOS.Kernel;

public static class KernelServices
{
    /// <summary>Every store, over one pool of connections. All are stateless singletons.</summary>
    /// <param name="database">From <see cref="Database.KernelDatabase.Open"/>, migrated by <see cref="Database.Migrator"/>.</param>
    public static IServiceCollection AddKernel(this IServiceCollection services, NpgsqlDataSource database)
    {
        services.TryAddSingleton(database);
        services.AddLogging();
        return services
            .AddSingleton<KernelNotifications>().AddSingleton<ActivityLog>().AddSingleton<TaskStore>().AddSingleton<AgentStore>().AddSingleton<SessionStore>().AddSingleton<LiveOutputStore>()
            .AddSingleton<MessageStore>().AddSingleton<ScheduleStore>().AddSingleton<EvidenceStore>().AddSingleton<MergeStore>().AddSingleton<ModelCallStore>()
            .AddSingleton<LessonStore>().AddSingleton<RepositoryStore>().AddSingleton<RepositoryIntake>().AddSingleton<SettingStore>().AddSingleton<BoardStore>().AddSingleton<GoalStore>()
            .AddSingleton<BrowserSessionStore>().AddSingleton<WebhookStore>().AddSingleton<CostStore>().AddSingleton<HealthStore>()
            .AddSingleton<GoalIntake>().AddSingleton(new TeamLimits());
    }
}
