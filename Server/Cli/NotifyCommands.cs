using System.CommandLine;
using System.Text.Json;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Webhooks;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli;

/// <summary>notify add, list, remove, test.</summary>
internal static class NotifyCommands
{
    public static Command Create() => new("notify", "Webhooks that are told when something needs you, was merged, is blocked, or has reached its budget.") { Add(), List(), Remove(), Test() };

    private static Command Add()
    {
        var url = new Argument<string>("url") { Description = "Where to post to; addresses of your own network too, since you choose it." };
        var form = new Option<string?>("--form") { Description = "json (signed; default) or slack (default for hooks.slack.com)." };
        form.AcceptOnlyFromAmong([.. Words.All<WebhookForm>()]);
        var events = new Option<string[]>("--on") { Description = $"What to tell: {string.Join(", ", Words.All<WebhookEvent>())} (default: all).", AllowMultipleArgumentsPerToken = true };
        events.AcceptOnlyFromAmong([.. Words.All<WebhookEvent>()]);
        var secret = new Option<bool>("--secret-stdin") { Description = "Read the secret that signs from standard input, instead of making one." };
        return ApiCommand.Create("add", "Add a webhook.", [url], [form, events, secret], async (parsed, client, cancellation) =>
            await client.PostAsync<AddedWebhook>("/api/webhooks", new AddWebhook(parsed.GetValue(url), parsed.GetValue(form), parsed.GetValue(events),
                parsed.GetValue(secret) ? (await Console.In.ReadToEndAsync(cancellation)).Trim() : null), cancellation),
            added =>
            {
                Console.WriteLine($"{added.Webhook.Id}: {Output.OneLine(added.Webhook.Address)} is told of {string.Join(", ", added.Webhook.Events.Select(Words.Word))}.");
                if (added.Secret is { } made) Console.WriteLine($"Its secret, shown this once: {made}\nX-AgentOS-Signature is 'sha256=' and the HMAC-SHA256 of TIMESTAMP.BODY in hexadecimal, TIMESTAMP being X-AgentOS-Timestamp.");
            })
            .Example("agentos notify add https://hooks.slack.com/services/T000/B000/XXXX --on needs_you blocked", "agentos notify add https://example.org/agentos");
    }

    private static Command List() => ApiCommand.Create("list", "List the webhooks, and how telling them goes.", [], [], (_, client, cancellation) =>
        client.GetAsync<List<Webhook>>("/api/webhooks", cancellation), hooks => Output.Table(
            ["id", "address", "form", "events", "told", "waiting", "given up", "last problem"],
            [.. hooks.Select(hook => (string[])[$"{hook.Id}", hook.Address, hook.Form.Word(), string.Join(' ', hook.Events.Select(Words.Word)), $"{hook.Delivered}", $"{hook.Pending}", $"{hook.GaveUp}", hook.LastError ?? ""])],
            "There are none yet: agentos notify add URL"))
        .Example("agentos notify list");

    private static Command Remove()
    {
        var id = Id();
        return ApiCommand.Create("remove", "Tell a webhook nothing any more.", [id], [], async (parsed, client, cancellation) =>
        {
            await client.DeleteAsync($"/api/webhooks/{parsed.GetRequiredValue(id)}", cancellation);
            return JsonSerializer.SerializeToElement(new { removed = parsed.GetRequiredValue(id) });
        }, _ => Console.WriteLine("Removed.")).Example("agentos notify remove 0197d1f2-0000-7000-8000-000000000000");
    }

    private static Command Test()
    {
        var id = Id();
        return ApiCommand.Create("test", "Send a test message now.", [id], [], (parsed, client, cancellation) =>
            client.PostAsync<WebhookTested>($"/api/webhooks/{parsed.GetRequiredValue(id)}/test", null, cancellation),
            tested => Console.WriteLine(tested.Ok ? "It was taken." : $"It was not taken: {tested.Problem}"), tested => tested.Ok)
            .Example("agentos notify test 0197d1f2-0000-7000-8000-000000000000");
    }

    private static Argument<Guid> Id() => new Argument<Guid>("id") { Description = "Of the webhook (agentos notify list)." }.CompletesWebhooks();
}
