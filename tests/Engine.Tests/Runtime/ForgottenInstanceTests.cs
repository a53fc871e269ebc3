using AgentOS.Engine.Runtime.Work;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Tests.Runtime;

public sealed class ForgottenInstanceTests
{
    [Fact]
    public async Task An_instance_that_was_claimed_and_never_run_goes_on_with_the_next_event()
    {
        await using var application = await EngineApplication.StartAsync();
        await application.PostAsync("workflow-definitions", Definitions.Sequence("forgotten", Definitions.Event("e", "go")));
        await application.PostAsync("workflow-definitions/forgotten/dispatch", """{"instanceId":"forgotten-1"}""");
        await ReachesAsync("Suspended");
        // Whoever claims it here gets no answer.
        (await application.Services.GetRequiredService<Backlog>().ClaimInstanceAsync("forgotten-1")).ShouldNotBeNull();
        await application.PostAsync("events/go/trigger", """{"workflowInstanceId":"forgotten-1"}""");

        var lost = application.Services.GetRequiredService<LostClaims>();
        await lost.ReleaseForgottenAsync();
        (await application.Database.ScalarAsync<bool>("select owner is not null from engine.workflow_instances where id = 'forgotten-1'")).ShouldBeTrue("it may be on its way");
        await lost.ReleaseForgottenAsync();
        application.Services.GetRequiredService<Pump>().Wake();
        await ReachesAsync("Finished");

        Task ReachesAsync(string subStatus) => application.Database.UntilAsync("select sub_status = $1 from engine.workflow_instances where id = 'forgotten-1'", subStatus);
    }
}
