using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentOS.Server.Cli.Workflows;

/// <summary>workflow run.</summary>
internal static class WorkflowRun
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    public static Command Create()
    {
        var id = WorkflowCommands.Id();
        var input = new Option<string[]>("--input", "-i") { Description = "An input, as name=value. A value that is JSON is taken as JSON, anything else as text." };
        var correlation = new Option<string?>("--correlation-id") { Description = "The correlation id of the instance." };
        var wait = new Option<bool>("--wait") { Description = "Show the steps as they come, until the instance has ended." };
        var json = new Option<bool>("--json") { Description = "Print JSON: the instance's id, or with --wait how it ended; the steps go to standard error." };
        var command = new Command("run", "Run the published version of a workflow.") { id, input, correlation, wait, json };
        command.Validators.Add(result =>
        {
            foreach (var pair in result.GetValue(input) ?? [])
                if (pair.IndexOf('=', StringComparison.Ordinal) <= 0) result.AddError($"--input '{pair}' is not name=value.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ApiClient.Connect(parsed.GetValue(CommonOptions.Url));
            var api = new WorkflowApi(client);
            var definition = await api.FindAsync(parsed.GetRequiredValue(id), null, cancellation);
            var body = new JsonObject { ["input"] = new JsonObject((parsed.GetValue(input) ?? []).Select(Pair)) };
            if (parsed.GetValue(correlation) is { } given) body["correlationId"] = given;
            var started = await api.PostAsync($"/workflow-definitions/{Query.Escape(WorkflowApi.Text(definition, "definitionId")!)}/dispatch", body, cancellation);
            var instance = WorkflowApi.Text(started, "workflowInstanceId")!;
            if (!parsed.GetValue(wait))
            {
                if (parsed.GetValue(json)) Output.Json(new { instance });
                else Console.WriteLine($"Instance {instance} is started. Look at it: {client.Url.GetLeftPart(UriPartial.Authority)}/studio/instances/{instance}");
                return ExitCode.Done;
            }

            var end = await WaitAsync(api, instance, parsed.GetValue(json) ? Console.Error : Console.Out, cancellation);
            if (parsed.GetValue(json)) Output.Json(end);
            else Print(end);
            return end.SubStatus == "Finished" ? ExitCode.Done : ExitCode.Failed;
        });
        return command.Example("agentos workflow run nightly --wait", "agentos workflow run report --input days=7 --json");
    }

    private static KeyValuePair<string, JsonNode?> Pair(string pair)
    {
        var (name, text) = (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        try
        {
            return new(name, JsonNode.Parse(text));
        }
        catch (JsonException)
        {
            return new(name, text);
        }
    }

    private static async Task<EndedRun> WaitAsync(WorkflowApi api, string instance, TextWriter steps, CancellationToken cancellation)
    {
        for (var seen = 0; ; )
        {
            // The state first: what the journal has after an end is all that there is.
            var found = await StateAsync(api, instance, cancellation);
            seen += await ShowAsync(api, instance, seen, steps, cancellation);
            if (found is { } state && WorkflowApi.Text(state, "status") == "Finished") return EndedRun.Of(instance, state);
            await Task.Delay(Pause, cancellation);
        }
    }

    // A dispatched instance is there once a node has taken it up.
    private static async Task<JsonElement?> StateAsync(WorkflowApi api, string instance, CancellationToken cancellation)
    {
        var items = (await api.PostAsync("/workflow-instances", new JsonObject { ["ids"] = new JsonArray(instance) }, cancellation)).GetProperty("items");
        return items.EnumerateArray().Any(item => WorkflowApi.Text(item, "id") == instance) ? await api.GetAsync($"/workflow-instances/{Query.Escape(instance)}", cancellation) : null;
    }

    private static async Task<int> ShowAsync(WorkflowApi api, string instance, int seen, TextWriter steps, CancellationToken cancellation)
    {
        var shown = 0;
        while (true)
        {
            var page = (await api.GetAsync($"/workflow-instances/{Query.Escape(instance)}/journal?skip={seen + shown}&take=100", cancellation)).GetProperty("items");
            foreach (var entry in page.EnumerateArray())
            {
                var time = entry.TryGetProperty("timestamp", out var at) && at.TryGetDateTimeOffset(out var when) ? when.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture) : "";
                await steps.WriteLineAsync($"{time}  {Output.OneLine(WorkflowApi.Text(entry, "activityId") ?? ""),-20}  {WorkflowApi.Text(entry, "eventName"),-10}  {Output.OneLine(WorkflowApi.Text(entry, "message") ?? "")}".TrimEnd());
            }
            shown += page.GetArrayLength();
            if (page.GetArrayLength() < 100) return shown;
        }
    }

    private static void Print(EndedRun end)
    {
        Console.WriteLine($"{end.SubStatus}: instance {end.Instance}");
        foreach (var incident in end.Incidents) Console.WriteLine($"  {Output.OneLine(incident)}");
        if (end.Output is { ValueKind: JsonValueKind.Object } output)
            foreach (var value in output.EnumerateObject()) Console.WriteLine($"  {value.Name} = {Output.OneLine(value.Value.ToString())}");
    }
}

/// <summary>How an instance ended.</summary>
/// <param name="SubStatus">Finished, Faulted or Cancelled.</param>
internal sealed record EndedRun(string Instance, string SubStatus, JsonElement? Output, IReadOnlyList<string> Incidents)
{
    public static EndedRun Of(string id, JsonElement instance)
    {
        var state = instance.TryGetProperty("workflowState", out var found) ? found : default;
        var incidents = state.ValueKind == JsonValueKind.Object && state.TryGetProperty("incidents", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(each => $"{WorkflowApi.Text(each, "activityId")}: {WorkflowApi.Text(each, "message")}").ToList()
            : [];
        return new(id, WorkflowApi.Text(instance, "subStatus") ?? "", state.ValueKind == JsonValueKind.Object && state.TryGetProperty("output", out var output) ? output : null, incidents);
    }
}
