using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AgentOS.Activities.Models;
using AgentOS.Activities.Models.Recording;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Tests.Models;

public sealed class RecordedModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentos-").FullName;
    private readonly ModelClients _clients = new();

    private static readonly Recording Example = Recording.Load(Path.Combine(RepositoryRoot.Path, "tests", "Activities.Tests", "Models", "example-recording.yaml"));

    private static AITool Tool(string name) => AIFunctionFactory.Create(() => "", name);

    private ModelGateway Gateway(RecordedModel model, string key = "recorded-key")
    {
        var file = Path.Combine(_folder, "llm.yaml");
        File.WriteAllText(file, model.Configuration("RECORDED_KEY"));
        return new(new ModelConfigurationFile([file], _ => key), _clients, new MemoryLedger(), new RetryPolicy(1, default, default, default));
    }

    [Fact]
    public async Task A_recorded_answer_goes_the_way_of_a_real_one()
    {
        await using var model = await RecordedModel.StartAsync(Example.Answer, key: "recorded-key");

        var reply = (await Gateway(model).AskAsync(new("orchestrator",
            [new(ChatRole.System, "You plan."), new(ChatRole.User, "# Goal\nBaskets can be discounted")], [Tool("create_tasks")], "s:1"))).ShouldBeOfType<ModelReply>();

        (reply.Text, reply.Reasoning).ShouldBe(("I look at the code first.", "One function and its test. One task is enough."));
        reply.ToolCalls.ShouldBe([new ToolCall("call_0_0", "read_file", """{"path":"src/basket.js"}""")]);
        reply.Usage.ShouldBe(new ModelUsage(1500, 0, 60, IsEstimate: false));
        reply.CostUsd.ShouldBe((1500 * 0.55m + 60 * 2.19m) / 1_000_000m);
    }

    [Fact]
    public async Task Arguments_with_every_kind_of_character_arrive_as_recorded()
    {
        await using var model = await RecordedModel.StartAsync(Example.Answer, key: "recorded-key");

        var reply = (await Gateway(model).AskAsync(new("worker",
            [new(ChatRole.User, "# Task\nTake a discount in per cent")], [Tool("write_file")], "s:1"))).ShouldBeOfType<ModelReply>();

        ((string?)JsonNode.Parse(reply.ToolCalls[0].Arguments)!["content"]).ShouldBe("export const discount = (total, percent) => total - total * percent / 10; // \"é\"\n");
        ((int?)JsonNode.Parse(reply.ToolCalls[1].Arguments)!["timeout_seconds"]).ShouldBe(60);
        reply.Usage.InputTokens.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_is_not_recorded_is_a_failure_that_names_the_recording()
    {
        await using var model = await RecordedModel.StartAsync(Example.Answer, key: "recorded-key");

        var failure = (await Gateway(model).AskAsync(new("worker", [new(ChatRole.User, "Sing.")], [Tool("write_file")], "s:1"))).ShouldBeOfType<ModelFailure>();

        failure.Message.ShouldContain("example-recording.yaml: no conversation matches");
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        await using var model = await RecordedModel.StartAsync(Example.Answer, key: "recorded-key");

        (await Gateway(model, "other-key").AskAsync(new("worker", [new(ChatRole.User, "x")], [], "s:1"))).ShouldBeOfType<ModelFailure>().Kind.ShouldBe(ModelFailureKind.Authentication);
    }

    [Fact]
    public async Task Clients_that_do_not_stream_are_answered_too_and_garbage_is_refused()
    {
        await using var model = await RecordedModel.StartAsync(_ => new("Hi.", null, [new("t", "{}")]));
        using var http = new HttpClient { BaseAddress = new(model.Url + "/") };

        var whole = await http.PostAsJsonAsync("chat/completions", new { model = "m", messages = new[] { new { role = "user", content = "x" } } });
        var json = (await whole.Content.ReadFromJsonAsync<JsonNode>())!;
        var garbage = await http.PostAsync("chat/completions", new StringContent("{"));
        var models = await http.GetFromJsonAsync<JsonNode>("models");

        ((string?)json["choices"]![0]!["message"]!["content"], (string?)json["choices"]![0]!["finish_reason"]).ShouldBe(("Hi.", "tool_calls"));
        garbage.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        models!["data"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_message()
    {
        await using var model = await RecordedModel.StartAsync(InstantModel.Answer);

        (await Should.ThrowAsync<Kernel.AgentOSException>(() => RecordedModel.StartAsync(InstantModel.Answer, model.Url.Port)))
            .Message.ShouldContain($"cannot listen on 127.0.0.1:{model.Url.Port}");
    }

    [Theory]
    [InlineData("create_tasks,finish", "create_tasks", "finish")]
    [InlineData("write_file,finish", "write_file", "finish")]
    [InlineData("submit_verdict", "submit_verdict", "submit_verdict")]
    public async Task The_instant_model_takes_every_role_to_its_end(string tools, string first, string second)
    {
        await using var model = await RecordedModel.StartAsync(InstantModel.Answer);
        var gateway = Gateway(model);
        AITool[] offered = [.. tools.Split(',').Select(Tool)];
        List<ChatMessage> messages = [new(ChatRole.User, "# Task\nOne")];

        var one = (await gateway.AskAsync(new("worker", messages, offered, "s:1"))).ShouldBeOfType<ModelReply>();
        messages.Add(new(ChatRole.Assistant, [new FunctionCallContent(one.ToolCalls[0].Id, one.ToolCalls[0].Name, new Dictionary<string, object?>())]));
        messages.Add(new(ChatRole.Tool, [new FunctionResultContent(one.ToolCalls[0].Id, "done")]));
        var two = (await gateway.AskAsync(new("worker", messages, offered, "s:2"))).ShouldBeOfType<ModelReply>();

        (one.ToolCalls[0].Name, two.ToolCalls[0].Name).ShouldBe((first, second));
        one.ToolCalls[0].Id.ShouldNotBe(two.ToolCalls[0].Id);
    }

    public void Dispose()
    {
        _clients.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
