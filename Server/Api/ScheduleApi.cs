using System.Text.Json.Serialization;
using AgentOS.Kernel.Schedules;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentOS.Server.Api;

internal static class ScheduleApi
{
    public static void MapScheduleApi(this IEndpointRouteBuilder routes)
    {
        var schedules = routes.MapGroup("/api/schedules").WithTags("Schedules");
        schedules.MapGet("/", (ScheduleStore store, CancellationToken cancellation) => store.ListAsync(cancellation)).WithSummary("When agents' duties are due.");
        schedules.MapPost("/", async Task<Created<Schedule>> (CreateSchedule body, ScheduleStore store, Lookup find, CancellationToken cancellation) =>
            {
                var agent = await find.AgentAsync(InputException.Text(body.Agent, "agent", 100), cancellation);
                var made = await store.EnsureAsync(agent.Id, InputException.Text(body.CronExpression, "cron_expression", 100), cancellation);
                return TypedResults.Created($"/api/schedules/{made.Id}", made);
            })
            .WithSummary("Gives an agent a duty.");
        schedules.MapPatch("/{schedule:guid}", (Guid schedule, ChangeSchedule body, ScheduleStore store, CancellationToken cancellation) =>
                store.ChangeAsync(schedule, body.Enabled, body.CronExpression is { } cron ? InputException.Text(cron, "cron_expression", 100) : null, cancellation))
            .WithSummary("Switches a duty on or off, or sets when it is due.");
        schedules.MapPost("/{schedule:guid}/run", (Guid schedule, ScheduleStore store, CancellationToken cancellation) => store.RunNowAsync(schedule, cancellation)).WithSummary("Has a duty done now.");
        schedules.MapDelete("/{schedule:guid}", async (Guid schedule, ScheduleStore store, CancellationToken cancellation) =>
            {
                await store.RemoveAsync(schedule, cancellation);
                return TypedResults.NoContent();
            })
            .WithSummary("Takes a duty from its agent.");
    }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CreateSchedule(string? Agent, string? CronExpression);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ChangeSchedule(bool? Enabled, string? CronExpression);
