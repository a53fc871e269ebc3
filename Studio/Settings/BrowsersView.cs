using AgentOS.Kernel;
using AgentOS.Kernel.Access;
using AgentOS.Studio.Live;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Studio.Settings;

internal sealed record BrowsersView : LiveView<ValueList<BrowserSession>>
{
    public override async Task<ValueList<BrowserSession>> ReadAsync(IServiceProvider services, CancellationToken cancellation) =>
        new(await services.GetRequiredService<BrowserSessionStore>().ListAsync(cancellation));

    public override bool IsConcerned(ChangeSet changes) => changes.Has("browser", "browser_session");

    // Nothing tells that one was seen.
    public override TimeSpan? Every => TimeSpan.FromSeconds(30);
}
