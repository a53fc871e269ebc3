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
        schedules.MapPatch("/{schedule:guid}", (Guid schedule, EnableSchedule body, ScheduleStore store, CancellationToken cancellation) =>
                store.EnableAsync(schedule, body.Enabled, cancellation))
            .WithSummary("Switches a duty on or off.");
    }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CreateSchedule(string? Agent, string? CronExpression);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record EnableSchedule(bool Enabled);
