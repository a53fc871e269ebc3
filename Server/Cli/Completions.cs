using System.CommandLine;
using System.CommandLine.Completions;
using AgentOS.Kernel;
using AgentOS.Kernel.Access;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Schedules;
using AgentOS.Kernel.Tasks;
using AgentOS.Kernel.Webhooks;

namespace AgentOS.Server.Cli;

/// <summary>What the shell completes from the server: ids and names. Without a server it completes nothing, silently.</summary>
internal static class Completions
{
    /// <summary>A person waits for the tab key; a server that is not there says so at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Argument<T> CompletesTasks<T>(this Argument<T> argument) => Complete<T, List<AgentTask>>(argument, "/api/tasks?limit=500",
        tasks => tasks.Where(task => !task.HasEnded).Concat(tasks.Where(task => task.HasEnded)).Select(task => new CompletionItem(TaskCommands.Short(task.Id), detail: task.Title)));

    public static Argument<T> CompletesAgents<T>(this Argument<T> argument) => Complete<T, List<Agent>>(argument, "/api/agents", Names);

    public static Argument<T> CompletesRepositories<T>(this Argument<T> argument) => Complete<T, List<Repository>>(argument, "/api/repositories", repositories => repositories.Select(repository => new CompletionItem(repository.Name)));

    public static Argument<T> CompletesSchedules<T>(this Argument<T> argument) =>
        Complete<T, List<Schedule>>(argument, "/api/schedules", schedules => schedules.Select(schedule => new CompletionItem(schedule.Id.ToString(), detail: $"{schedule.AgentName} {schedule.CronExpression}")));

    public static Argument<T> CompletesWebhooks<T>(this Argument<T> argument) => Complete<T, List<Webhook>>(argument, "/api/webhooks", hooks => hooks.Select(hook => new CompletionItem(hook.Id.ToString(), detail: hook.Address)));

    public static Argument<T> CompletesBrowsers<T>(this Argument<T> argument) => Complete<T, List<BrowserSession>>(argument, "/api/browsers", browsers => browsers.Select(browser => new CompletionItem(browser.Id.ToString(), detail: browser.UserAgent)));

    public static Option<T> CompletesAgents<T>(this Option<T> option)
    {
        option.CompletionSources.Add(_ => From<List<Agent>>("/api/agents", Names));
        return option;
    }

    public static Option<T> CompletesRepositories<T>(this Option<T> option)
    {
        option.CompletionSources.Add(_ => From<List<Repository>>("/api/repositories", repositories => repositories.Select(repository => new CompletionItem(repository.Name))));
        return option;
    }

    public static Option<T> CompletesTasks<T>(this Option<T> option, bool goals = false)
    {
        option.CompletionSources.Add(_ => From<List<AgentTask>>(goals ? "/api/tasks?kind=goal&limit=500" : "/api/tasks?limit=500", tasks => tasks.Select(task => new CompletionItem(TaskCommands.Short(task.Id), detail: task.Title))));
        return option;
    }

    private static IEnumerable<CompletionItem> Names(List<Agent> agents) => agents.Select(agent => new CompletionItem(agent.Name, detail: agent.Role.ToString()));

    private static Argument<T> Complete<T, TAnswer>(Argument<T> argument, string path, Func<TAnswer, IEnumerable<CompletionItem>> items)
    {
        argument.CompletionSources.Add(_ => From(path, items));
        return argument;
    }

    private static IEnumerable<CompletionItem> From<TAnswer>(string path, Func<TAnswer, IEnumerable<CompletionItem>> items)
    {
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            using var client = ApiClient.Connect(null);
            return [.. items(client.GetAsync<TAnswer>(path, limit.Token).GetAwaiter().GetResult())];
        }
        catch (Exception error) when (error is AgentOSException or OperationCanceledException)
        {
            return [];
        }
    }
}
