using System.Net.Http.Json;
using System.Text.Json;
using AgentOS.Engine.Runtime.Work;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Tests.Runtime;

public sealed class ForgottenInstanceTests
{
    [Fact]
    public async Task An_instance_that_was_claimed_and_never_run_goes_on_with_the_next_event()
    {
        await using var application = await EngineApplication.StartAsync();
        var http = application.Http;
        using (await http.PostAsync("workflow-definitions", new StringContent(Definitions.Sequence("forgotten", Definitions.Event("e", "go")), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")))) { }
        using (await http.PostAsJsonAsync("workflow-definitions/forgotten/dispatch", new { instanceId = "forgotten-1" })) { }
        await ReachesAsync("Suspended");
        // Whoever claims it here gets no answer.
        (await application.Services.GetRequiredService<Backlog>().ClaimInstanceAsync("forgotten-1")).ShouldNotBeNull();
        using (await http.PostAsJsonAsync("events/go/trigger", new { workflowInstanceId = "forgotten-1" })) { }

        var lost = application.Services.GetRequiredService<LostClaims>();
        await lost.ReleaseForgottenAsync();
        (await application.Database.ScalarAsync<bool>("select owner is not null from engine.workflow_instances where id = 'forgotten-1'")).ShouldBeTrue("it may be on its way");
        await lost.ReleaseForgottenAsync();
        application.Services.GetRequiredService<Pump>().Wake();
        await ReachesAsync("Finished");

        async Task ReachesAsync(string subStatus)
        {
            var end = DateTime.UtcNow + TimeSpan.FromSeconds(30);
            for (var state = ""; state != subStatus;)
            {
                DateTime.UtcNow.ShouldBeLessThan(end);
                using var answer = await http.GetAsync("workflow-instances/forgotten-1/execution-state");
                if (answer.IsSuccessStatusCode) state = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("subStatus").GetString()!;
            }
        }
    }
}
