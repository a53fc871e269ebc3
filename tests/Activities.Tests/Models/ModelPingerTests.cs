using AgentOS.Activities.Models;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Testing.Models;

namespace AgentOS.Activities.Tests.Models;

public sealed class ModelPingerTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("agentos-").FullName, "llm.yaml");
    private readonly ModelClients _clients = new();
    private readonly MemoryLedger _ledger = new();

    [Fact]
    public async Task A_model_that_answers_is_timed_and_paid_for()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ready"));
        var ping = await PingAsync(model);

        (ping.Model, ping.Ok, ping.Message, ping.CostUsd).ShouldBe(("main/first", true, "ready", 0.0003m));
        _ledger.Calls.ShouldHaveSingleItem().Answer!.CostUsd.ShouldBe(0.0003m);
        model.Requests.ShouldHaveSingleItem().Body["max_completion_tokens"]!.GetValue<int>().ShouldBe(64);
    }

    [Fact]
    public async Task One_that_only_thinks_in_that_time_is_there_too()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("", finish: "length").WithReasoning("hm"));
        (await PingAsync(model)).Ok.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refusal_says_why_once_and_shows_no_key()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(401, """{"error":{"message":"bad key sk-very-secret-0123456789"}}"""));
        var ping = await PingAsync(model);

        ping.Ok.ShouldBeFalse();
        ping.Message.ShouldContain("answered 401");
        ping.Message.ShouldContain("Check api_key of provider 'main'");
        ping.Message.ShouldNotContain("sk-very");
        model.Requests.ShouldHaveSingleItem();
        _ledger.Calls.ShouldHaveSingleItem().Failure!.Error.ShouldBe(ping.Message);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_asked()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ready"));
        var ping = await PingAsync(model, key: null);

        (ping.Ok, model.Requests.Count).ShouldBe((false, 0));
        ping.Message.ShouldContain("MAIN_KEY is not set");
    }

    private Task<ModelPing> PingAsync(ScriptedModel model, string? key = "sk-very-secret-0123456789")
    {
        File.WriteAllText(_file, $$"""
            providers:
              main: { api_key: "${MAIN_KEY}", base_url: "{{model.Url}}", models: [ { name: first, input: 1, output: 10 } ] }
            roles: { worker: { primary: first } }
            """);
        return new ModelPinger(new([_file], _ => key), _clients, _ledger).PingAsync("first", TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _clients.Dispose();
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
    }
}
