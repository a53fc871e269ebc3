using System.Text.Json.Serialization;
using AgentOS.Kernel.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentOS.Server.Api;

internal static class WebhookApi
{
    public static void MapWebhookApi(this IEndpointRouteBuilder routes)
    {
        var hooks = routes.MapGroup("/api/webhooks").WithTags("Notifications");
        hooks.MapGet("/", (WebhookStore store, CancellationToken cancellation) => store.ListAsync(cancellation)).WithSummary("Where people are told, and how that goes. Addresses are shortened: they may hold secrets.");
        hooks.MapPost("/", AddAsync).WithSummary("Adds one. Its secret, which signs the JSON form, is shown in this answer only.");
        hooks.MapDelete("/{webhook:guid}", async (Guid webhook, WebhookStore store, CancellationToken cancellation) =>
            {
                await store.RemoveAsync(webhook, cancellation);
                return TypedResults.NoContent();
            })
            .WithSummary("Tells it nothing any more.");
        hooks.MapPost("/{webhook:guid}/test", async (Guid webhook, TestWebhook test, CancellationToken cancellation) =>
            {
                var problem = await test(webhook, cancellation);
                return new WebhookTested(problem is null, problem);
            })
            .WithSummary("Sends a test message now, and says whether it was taken.");
    }

    private static async Task<Created<AddedWebhook>> AddAsync(AddWebhook body, WebhookStore store, CancellationToken cancellation)
    {
        var added = NewWebhook.Of(InputException.Text(body.Url, "url", 2000), Lookup.Word<WebhookForm>(body.Form, "form"), body.Events?.Select(name => Lookup.Word<WebhookEvent>(name, "events")!.Value).ToList(), body.Secret);
        var made = await store.AddAsync(added, cancellation);
        return TypedResults.Created($"/api/webhooks/{made.Id}", new AddedWebhook(made, added.IsMade ? added.Secret : null));
    }
}

/// <param name="Form">json (default) or slack (default for hooks.slack.com).</param>
/// <param name="Events">needs_you, merged, blocked, budget, reached; default: all.</param>
/// <param name="Secret">Signs the JSON form; default: a new one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AddWebhook(string? Url, string? Form, string[]? Events, string? Secret);

/// <param name="Secret">When it was made here; it is not shown again.</param>
internal sealed record AddedWebhook(Webhook Webhook, string? Secret);

internal sealed record WebhookTested(bool Ok, string? Problem);
