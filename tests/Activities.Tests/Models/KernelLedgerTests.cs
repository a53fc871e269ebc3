using AgentOS.Activities.Models;
using AgentOS.Kernel;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using AgentOS.Testing.Models;
using AgentOS.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Activities.Tests.Models;

public sealed class KernelLedgerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddKernel(postgres.DataSource).BuildServiceProvider();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TaskStore Tasks => _services.GetRequiredService<TaskStore>();

    private SessionStore Sessions => _services.GetRequiredService<SessionStore>();

    private ModelCallStore Calls => _services.GetRequiredService<ModelCallStore>();

    public async ValueTask InitializeAsync() => await _services.GetRequiredService<AgentStore>().EnsureDefaultsAsync(3, _ => "model", Token);

    private async Task<(Session Session, Guid Goal)> SessionAsync(decimal budget)
    {
        var repository = await _services.GetRequiredService<RepositoryStore>().EnsureAsync("/repositories/sample", "sample", "main", cancellation: Token);
        var goal = await Tasks.CreateAsync(new("Goal", TaskKind.Goal) { RepositoryId = repository.Id, BudgetUsd = budget }, Token);
        var session = await Sessions.OpenAsync(new(AgentRole.Orchestrator, "plan", goal.Id), Token);
        await Sessions.AppendAsync(session.Id, 0, [SessionTranscript.Entry(new SystemEntry("You code.")), SessionTranscript.Entry(new UserEntry("Do it."))], Token);
        return (session, goal.Id);
    }

    private async Task<ModelRequest> NextAsync(Session session)
    {
        var transcript = await Sessions.TranscriptAsync(session.Id, Token);
        return new("worker", Transcript.Messages(transcript), [GatewayFixture.WriteFile], $"{session.Id}:{transcript.Count}") { SessionId = session.Id, Seq = transcript.Count };
    }

    [Fact]
    public async Task An_answer_is_settled_and_stands_in_the_transcript_and_is_not_asked_for_twice()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Tools("tool_calls", ("c1", "write_file", """{"path":"a","content":"é\u0000"}""")).WithReasoning("Hm."));
        using var fixture = new GatewayFixture(model, ledger: new KernelLedger(Calls));
        var (session, goal) = await SessionAsync(1);
        var request = await NextAsync(session);

        var reply = (await fixture.AskAsync(request)).ShouldBeOfType<ModelReply>();
        var again = (await fixture.AskAsync(request)).ShouldBeOfType<ModelReply>();

        reply.TranscriptLength.ShouldBe(3);
        model.Requests.Count.ShouldBe(1);
        (again.IsRecorded, again.CostUsd, again.Reasoning).ShouldBe((true, reply.CostUsd, "Hm."));
        again.ToolCalls.ShouldBe(reply.ToolCalls);
        var transcript = await Sessions.TranscriptAsync(session.Id, Token);
        transcript.Count.ShouldBe(3);
        transcript[2].ShouldBeOfType<AssistantEntry>().ToolCalls.ShouldBe(reply.ToolCalls);
        Transcript.Pending(transcript).ShouldBe(reply.ToolCalls);
        (await Tasks.GetAsync(goal, Token)).SpentUsd.ShouldBe(decimal.Round(reply.CostUsd, 6));
    }

    [Fact]
    public async Task A_call_that_its_goals_budget_does_not_hold_is_not_sent()
    {
        await using var model = await ScriptedModel.StartAsync(ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(model, ledger: new KernelLedger(Calls));
        var (session, goal) = await SessionAsync(0.001m);

        var failure = (await fixture.AskAsync(await NextAsync(session))).ShouldBeOfType<ModelFailure>();

        failure.Kind.ShouldBe(ModelFailureKind.BudgetExceeded);
        failure.Message.ShouldContain("budget");
        model.Requests.ShouldBeEmpty();
        (await Tasks.GetAsync(goal, Token)).SpentUsd.ShouldBe(0);
    }

    [Fact]
    public async Task A_failed_call_frees_its_reservation_and_names_no_key()
    {
        await using var primary = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(401, GatewayFixture.Key), ScriptedAnswer.Refusal(402));
        await using var fallback = await ScriptedModel.StartAsync(ScriptedAnswer.Refusal(402), ScriptedAnswer.Text("ok"));
        using var fixture = new GatewayFixture(primary, fallback, ledger: new KernelLedger(Calls));
        var (session, goal) = await SessionAsync(1);
        var request = await NextAsync(session);

        (await fixture.AskAsync(request)).ShouldBeOfType<ModelFailure>();
        (await fixture.AskAsync(request)).ShouldBeOfType<ModelReply>().Model.ShouldBe("other/second");

        var calls = await Calls.ListAsync(session.Id, cancellation: Token);
        calls.Select(c => (c.Outcome, c.Provider, c.Attempt)).ShouldBe([(ModelCallOutcome.Failed, "main", 1), (ModelCallOutcome.Succeeded, "other", 2)]);
        calls[0].Error!.ShouldContain("***");
        calls[0].Error!.ShouldNotContain(GatewayFixture.Key);
        (await Tasks.GetAsync(goal, Token)).SpentUsd.ShouldBe(0);
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();
}
