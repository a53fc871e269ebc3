using System.Text.Json.Serialization;
using AgentOS.Activities.Models;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Schedules;
using AgentOS.Kernel.Sessions;
using AgentOS.Kernel.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentOS.Server.Api;

internal static class AgentApi
{
    public static void MapAgentApi(this IEndpointRouteBuilder routes)
    {
        var agents = routes.MapGroup("/api/agents").WithTags("Agents");
        agents.MapGet("/", (AgentStore store, string? role, CancellationToken cancellation) => store.ListAsync(Lookup.Word<AgentRole>(role, "role"), cancellation)).WithSummary("Planners, coders and judges.");
        agents.MapPost("/", CreateAsync).WithSummary("Adds an agent.");
        agents.MapGet("/status", StatusAsync).WithSummary("What each agent does, when it was last heard of, and when its duty is due.");
        agents.MapGet("/{agent}", ShowAsync).WithSummary("By name or id, with its latest sessions.");
        agents.MapPost("/{agent}/pause", (string agent, AgentStore store, Lookup find, CancellationToken cancellation) => PauseAsync(agent, true, store, find, cancellation)).WithSummary("It finishes what it has and takes nothing new.");
        agents.MapPost("/{agent}/resume", (string agent, AgentStore store, Lookup find, CancellationToken cancellation) => PauseAsync(agent, false, store, find, cancellation)).WithSummary("It takes work again.");
        agents.MapDelete("/{agent}", async (string agent, AgentStore store, Lookup find, CancellationToken cancellation) => await store.RemoveAsync((await find.AgentAsync(agent, cancellation)).Id, cancellation))
            .WithSummary("Takes it out; refused while it is at work, or the only one of its role. What it did stays its own.");
    }

    private static async Task<Created<Agent>> CreateAsync(CreateAgent body, AgentStore store, ModelConfigurationFile models, CancellationToken cancellation)
    {
        var role = Lookup.Word<AgentRole>(body.Role, "role") ?? AgentRole.Worker;
        // Looked up even when it is given: an agent with a model that nobody offers would fail at its first step.
        var model = body.Model is { } named ? models.Current.Model(named) : models.Current.Role(role.Word()).Primary;
        var made = await store.CreateAsync(InputException.Text(body.Name, "name", 100), role, model.Name, body.Capabilities ?? [], cancellation: cancellation);
        return TypedResults.Created($"/api/agents/{Uri.EscapeDataString(made.Name)}", made);
    }

    private static async Task<AgentDetails> ShowAsync(string agent, SessionStore sessions, Lookup find, CancellationToken cancellation)
    {
        var found = await find.AgentAsync(agent, cancellation);
        return new(found, await sessions.ListAsync(agentId: found.Id, limit: 20, cancellation: cancellation));
    }

    private static async Task<List<AgentReport>> StatusAsync(AgentStore store, TaskStore tasks, ScheduleStore schedules, CancellationToken cancellation)
    {
        var due = (await schedules.ListAsync(cancellation)).Where(schedule => schedule.Enabled).ToLookup(schedule => schedule.AgentId, schedule => schedule.NextRun);
        var reports = new List<AgentReport>();
        foreach (var agent in await store.ListAsync(null, cancellation))
        {
            var task = agent.CurrentTaskId is { } id ? await tasks.FindAsync(id, cancellation) : null;
            reports.Add(new(agent.Id, agent.Name, agent.Role, agent.Status, agent.Paused, agent.Model, agent.LastHeartbeat, due[agent.Id].Min(), task?.Id, task?.Title));
        }

        return reports;
    }

    private static async Task<Agent> PauseAsync(string agent, bool paused, AgentStore store, Lookup find, CancellationToken cancellation) =>
        await store.PauseAsync((await find.AgentAsync(agent, cancellation)).Id, paused, cancellation);
}

internal sealed record AgentDetails(Agent Agent, IReadOnlyList<Session> Sessions);

/// <summary>An agent at a glance.</summary>
internal sealed record AgentReport(
    Guid Id, string Name, AgentRole Role, AgentStatus Status, bool Paused, string Model, DateTimeOffset? LastHeartbeat, DateTimeOffset? NextDuty, Guid? TaskId, string? Task);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CreateAgent(string? Name, string? Role, string? Model, string[]? Capabilities);
