using Xunit.Sdk;
using Xunit.v3;

namespace AgentOS.Testing.Postgres;

/// <summary>
/// What is around all tests of a program. PostgreSQL takes longer to end than the runner lets a process live on that has returned from its main method:
/// it would complain of foreground threads, and end the process itself.
/// </summary>
public sealed class TestRun : ITestPipelineStartup
{
    public ValueTask StartAsync(IMessageSink diagnosticMessageSink) => ValueTask.CompletedTask;

    public async ValueTask StopAsync() => await TestPostgres.StopAsync();
}
