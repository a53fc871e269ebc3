using System.CommandLine;
using System.Text.Json;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Schedules;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli;

/// <summary>schedule list, add, set, run, remove.</summary>
internal static class ScheduleCommands
{
    public static Command Create() => new("schedule", "When agents' duties (heartbeats) are due.") { List(), Add(), Set(), Run(), Remove() };

    private static Command List() => ApiCommand.Create("list", "List the schedules.", [], [], (_, client, cancellation) => client.GetAsync<List<Schedule>>("/api/schedules", cancellation),
        schedules => Output.Table(["id", "agent", "role", "due", "enabled", "last", "next"],
            [.. schedules.Select(one => (string[])[$"{one.Id}", one.AgentName, one.Role.Word(), one.CronExpression, one.Enabled ? "yes" : "no", Output.Ago(one.LastRun), one.Enabled ? Output.Ago(one.NextRun) : ""])], "There are none."))
        .Example("agentos schedule list");

    private static Command Add()
    {
        var agent = new Argument<string>("agent") { Description = "Whose duty." }.CompletesAgents();
        var cron = new Argument<string>("cron") { Description = "Five fields, in UTC: minute, hour, day, month, day of week." };
        return ApiCommand.Create("add", "Give an agent a duty.", [agent, cron], [], (parsed, client, cancellation) =>
            client.PostAsync<Schedule>("/api/schedules", new CreateSchedule(parsed.GetValue(agent), parsed.GetValue(cron)), cancellation), Print)
            .Example("agentos schedule add orchestrator \"*/10 * * * *\"");
    }

    private static Command Set()
    {
        var id = Id();
        var cron = new Option<string?>("--cron") { Description = "When it is due." };
        var enable = new Option<bool>("--enable") { Description = "Switch it on." };
        var disable = new Option<bool>("--disable") { Description = "Switch it off." };
        var command = ApiCommand.Create("set", "Change when a duty is due, or switch it on or off.", [id], [cron, enable, disable], (parsed, client, cancellation) =>
            client.PatchAsync<Schedule>($"/api/schedules/{parsed.GetRequiredValue(id)}",
                new ChangeSchedule(parsed.GetValue(enable) ? true : parsed.GetValue(disable) ? false : null, parsed.GetValue(cron)), cancellation), Print);
        command.Validators.Add(result =>
        {
            if (result.GetValue(enable) && result.GetValue(disable)) result.AddError("Give --enable or --disable, not both.");
        });
        return command.Example("agentos schedule set 0197d1f2-0000-7000-8000-000000000000 --cron \"0 * * * *\"", "agentos schedule set 0197d1f2-0000-7000-8000-000000000000 --disable");
    }

    private static Command Run()
    {
        var id = Id();
        return ApiCommand.Create("run", "Have a duty done now.", [id], [], (parsed, client, cancellation) =>
            client.PostAsync<Schedule>($"/api/schedules/{parsed.GetRequiredValue(id)}/run", null, cancellation), schedule => Console.WriteLine($"{Output.OneLine(schedule.AgentName)} is at it."))
            .Example("agentos schedule run 0197d1f2-0000-7000-8000-000000000000");
    }

    private static Command Remove()
    {
        var id = Id();
        return ApiCommand.Create("remove", "Take a duty from its agent.", [id], [], async (parsed, client, cancellation) =>
        {
            await client.DeleteAsync($"/api/schedules/{parsed.GetRequiredValue(id)}", cancellation);
            return JsonSerializer.SerializeToElement(new { removed = parsed.GetRequiredValue(id) });
        }, _ => Console.WriteLine("Removed.")).Example("agentos schedule remove 0197d1f2-0000-7000-8000-000000000000");
    }

    private static void Print(Schedule schedule) =>
        Console.WriteLine($"{Output.OneLine(schedule.AgentName)}: {Output.OneLine(schedule.CronExpression)}, {(schedule.Enabled ? $"due {Output.Ago(schedule.NextRun)}" : "switched off")}.");

    private static Argument<Guid> Id() => new Argument<Guid>("id") { Description = "Of the schedule (agentos schedule list)." }.CompletesSchedules();
}
