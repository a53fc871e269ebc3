using AgentOS.Activities.Models;
using AgentOS.Activities.Models.Recording;

namespace AgentOS.Activities.Tests.Models;

public class ModelProbeTests
{
    private static Task<IReadOnlyList<string>> CheckAsync(string yaml, string? key = "right-key") =>
        ModelProbe.CheckAsync(ModelConfigurationReader.Read(yaml, "llm.yaml", _ => key), cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public async Task An_endpoint_that_takes_the_key_is_no_problem_and_one_that_does_not_is()
    {
        await using var model = await RecordedModel.StartAsync(InstantModel.Answer, key: "right-key");
        var yaml = model.Configuration("MODEL_KEY");

        (await CheckAsync(yaml)).ShouldBeEmpty();
        (await CheckAsync(yaml, "wrong-key")).ShouldHaveSingleItem().ShouldContain("refuses the key: check api_key of provider 'recorded' in llm.yaml:3");
        (await CheckAsync(yaml, null)).ShouldHaveSingleItem().ShouldContain("MODEL_KEY is not set");
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_is_a_problem_only_when_a_role_uses_it() =>
        (await CheckAsync("""
            providers:
              gone: { base_url: 'http://127.0.0.1:1', models: [m] }
              unused: { base_url: 'http://127.0.0.1:2', models: [n] }
            roles: { worker: { primary: m } }
            """)).ShouldHaveSingleItem().ShouldContain("http://127.0.0.1:1/ cannot be reached");
}
