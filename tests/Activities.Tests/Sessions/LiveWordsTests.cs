using AgentOS.Activities.Models.Sessions;
using AgentOS.Kernel;
using AgentOS.Kernel.Sessions;
using AgentOS.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentOS.Activities.Tests.Sessions;

public sealed class LiveWordsTests
{
    [Fact]
    public async Task What_a_step_says_is_shown_while_it_runs_and_gone_afterwards()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var services = new ServiceCollection().AddKernel(database.DataSource).BuildServiceProvider();
        var store = services.GetRequiredService<LiveOutputStore>();
        var words = new LiveWords(store, TimeProvider.System, NullLogger<LiveWords>.Instance);
        var session = Guid.CreateVersion7();

        using (var silent = words.Begin(Guid.CreateVersion7(), 1)) silent.Say("");
        var step = words.Begin(session, 4);
        step.Say("I look");
        var shown = await UntilAsync(() => store.FindAsync(session), output => output is not null);
        (shown!.Seq, shown.Text).ShouldBe((4, "I look"));

        step.Say(new string('x', 5 * LiveOutput.Longest));
        shown = await UntilAsync(() => store.FindAsync(session), output => output!.LeftOut > 0);
        shown!.Text.Length.ShouldBe(LiveOutput.Longest);

        step.StartOver("[The connection broke. Trying again.]");
        shown = await UntilAsync(() => store.FindAsync(session), output => output!.LeftOut == 0);
        shown!.Text.ShouldBe("[The connection broke. Trying again.]\n");

        step.Dispose();
        step.Say("too late");
        await UntilAsync(() => store.FindAsync(session), output => output is null);
    }

    [Fact]
    public async Task A_database_that_is_away_disturbs_no_step()
    {
        var database = await TestDatabase.CreateAsync();
        var services = new ServiceCollection().AddKernel(database.DataSource).BuildServiceProvider();
        var words = new LiveWords(services.GetRequiredService<LiveOutputStore>(), TimeProvider.System, NullLogger<LiveWords>.Instance);
        await database.DisposeAsync();

        using var step = words.Begin(Guid.CreateVersion7(), 1);
        step.Say("into the void");
        await words.ShowAsync(step, new(canceled: true));
        await services.DisposeAsync();
    }

    /// <summary>The row is another connection's to write: it is asked for until it is there.</summary>
    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> isSo)
    {
        while (true)
        {
            var value = await read();
            if (isSo(value)) return value;
            await Task.Yield();
        }
    }
}
