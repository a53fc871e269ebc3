using System.Security.Cryptography;

namespace AgentOS.Kernel.Webhooks;

/// <summary>Sends a test message to a webhook now, by who can send.</summary>
/// <returns>Null: it was taken; else what went wrong, without anything secret.</returns>
public delegate Task<string?> TestWebhook(Guid webhook, CancellationToken cancellation);

/// <summary>A webhook as it is to be. Its secret, which signs the JSON form, is shown once: to who adds it.</summary>
/// <param name="IsMade">The secret was made here: who adds it does not know it yet.</param>
public sealed record NewWebhook(string Url, WebhookForm Form, IReadOnlyList<WebhookEvent> Events, string? Secret, bool IsMade)
{
    private const int LongestUrl = 2000, LongestSecret = 500;

    /// <summary>What a person said, with what is usual for what was left out: all events, Slack's form for Slack's host, a secret of its own.</summary>
    /// <exception cref="AgentOSException">It is no address, or a secret for a form that is not signed.</exception>
    public static NewWebhook Of(string url, WebhookForm? form, IReadOnlyList<WebhookEvent>? events, string? secret)
    {
        url = url.Trim();
        if (url.Length > LongestUrl || !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo != "")
            throw new AgentOSException("'url' takes an address like https://host/path, without a user name in it.");
        var its = form ?? (address.Host == "hooks.slack.com" ? WebhookForm.Slack : WebhookForm.Json);
        if (its == WebhookForm.Slack && secret is not null) throw new AgentOSException("Slack checks no signature: leave 'secret' out.");
        if (secret is { Length: > LongestSecret } || (secret is not null && string.IsNullOrWhiteSpace(secret))) throw new AgentOSException($"'secret' takes a text of {LongestSecret} characters at most.");
        return new(address.AbsoluteUri, its, events is { Count: > 0 } ? events : Enum.GetValues<WebhookEvent>(),
            its == WebhookForm.Slack ? null : secret?.Trim() ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), its == WebhookForm.Json && secret is null);
    }
}
