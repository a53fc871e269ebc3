using AgentOS.Kernel;
using AgentOS.Kernel.Messages;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Tasks;

public sealed record SpokenMessages(ValueList<SpokenMessage> All, bool HasEarlier);

/// <summary>The newest messages about a task.</summary>
internal sealed record MessagesView(Guid TaskId, int Count) : LiveView<SpokenMessages>
{
    public override async Task<SpokenMessages> ReadAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var page = await services.GetRequiredService<MessageStore>().OfTaskAsync(TaskId, limit: Count + 1, cancellation: cancellation);
        return new([.. page.TakeLast(Count)], page.Count > Count);
    }

    public override bool IsConcerned(ChangeSet changes) => changes.HasTask(TaskId);
}
