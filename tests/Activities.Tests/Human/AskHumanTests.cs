using AgentOS.Activities.Human;
using AgentOS.Activities.Models;
using AgentOS.Kernel;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;
using AgentOS.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Activities.Tests.Human;

public sealed class AskHumanTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddKernel(postgres.DataSource).BuildServiceProvider();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MessageStore Messages => _services.GetRequiredService<MessageStore>();

    private async Task<Session> SessionAsync()
    {
        await _services.GetRequiredService<AgentStore>().EnsureDefaultsAsync(1, _ => "model", Token);
        return await _services.GetRequiredService<SessionStore>().OpenAsync(new(AgentRole.Worker, "code", null), Token);
    }

    [Fact]
    public async Task A_question_is_posted_once_however_often_its_step_runs_and_its_answer_is_the_result()
    {
        var session = await SessionAsync();
        var call = new ToolCall("c1", AskHuman.Name, """{"Question":" Which colour? "}""");

        var (question, problem) = await AskHuman.PostAsync(Messages, session, 3, call, Token);
        var (again, _) = await AskHuman.PostAsync(Messages, session, 3, call, Token);
        var answer = await Messages.AnswerAsync(question!.Id, "Green.", cancellation: Token);

        problem.ShouldBeNull();
        (question.Content, question.FromAgentId, again!.Id).ShouldBe(("Which colour?", session.AgentId, question.Id));
        AskHuman.Answer(call, answer).ShouldBe(new ToolEntry("c1", "ask_human", "Green."));
    }

    [Theory]
    [InlineData("{}"), InlineData("""{"question":" "}""")]
    public async Task A_call_without_a_question_is_told_so(string arguments)
    {
        var (question, problem) = await AskHuman.PostAsync(Messages, await SessionAsync(), 3, new("c1", AskHuman.Name, arguments), Token);

        question.ShouldBeNull();
        problem!.ShouldStartWith("Error: 'question'");
    }

    [Fact]
    public void The_tool_has_the_contracts_name_and_argument() =>
        (AskHuman.Tool.Name, AskHuman.Tool.JsonSchema.GetProperty("required")[0].GetString()).ShouldBe(("ask_human", "question"));

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
