using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>A server deletes what its rules name, and leaves what a task that has not ended refers to.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task Old_instances_are_gone_after_a_start_but_for_those_of_open_tasks()
    {
        await using var server = new ServerFixture { Configure = settings => settings with { Retention = [new(null, null, TimeSpan.FromHours(1))] } };
        await server.InitializeAsync();
        using var owner = server.Owner();
        using (await owner.PostAsJsonAsync("/elsa/api/workflow-definitions", JsonNode.Parse("""{"model":{"definitionId":"line","root":{"type":"Elsa.WriteLine","text":"x"}},"publish":true}"""))) { }
        var (old, needed) = (await RunAsync(owner), await RunAsync(owner));
        var repository = await server.App.Services.GetRequiredService<RepositoryStore>().EnsureAsync("/tmp/kept", "kept", "main");
        var tasks = server.App.Services.GetRequiredService<TaskStore>();
        var task = await tasks.CreateAsync(new("Open") { RepositoryId = repository.Id });
        await using (var age = server.App.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("update engine.workflow_instances set created_at = now() - interval '2 hours', finished_at = now() - interval '2 hours' where definition_id = 'line'"))
            (await age.ExecuteNonQueryAsync()).ShouldBe(2);
        // By a session: the loop begins with the task, which has no such repository, and gives it workflows of its own.
        await using (var session = server.App.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            "insert into agent_sessions (agent_id, task_id, purpose, status, stopped_at, workflow_instance_id) select id, $1, 'earlier', 'stopped', now(), $2 from agents limit 1"))
        {
            session.Parameters.Add(new() { Value = task.Id });
            session.Parameters.Add(new() { Value = needed });
            (await session.ExecuteNonQueryAsync()).ShouldBe(1);
        }

        await server.RestartAsync();

        var end = DateTime.UtcNow + TimeSpan.FromMinutes(2);
        while (await StatusAsync(owner, old) != HttpStatusCode.NotFound) (DateTime.UtcNow < end).ShouldBeTrue("it was never deleted");
        (await StatusAsync(owner, needed)).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<string> RunAsync(HttpClient owner)
    {
        using var answer = await owner.PostAsJsonAsync("/elsa/api/workflow-definitions/line/execute", new { });
        return answer.Headers.GetValues("x-elsa-workflow-instance-id").Single();
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient owner, string instance)
    {
        using var answer = await owner.GetAsync(new Uri($"/elsa/api/workflow-instances/{instance}", UriKind.Relative));
        return answer.StatusCode;
    }
}
