using System.Text.Json.Serialization;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Webhooks;

/// <summary>What a person can be told of.</summary>
[JsonConverter(typeof(WordConverter<WebhookEvent>))]
public enum WebhookEvent
{
    /// <summary>A question or an approval waits, or a merge cannot land without a person.</summary>
    NeedsYou,
    Merged,
    Blocked,

    /// <summary>A call did not fit into a budget.</summary>
    Budget,

    /// <summary>A goal was reached.</summary>
    Reached,
}

[JsonConverter(typeof(WordConverter<WebhookForm>))]
public enum WebhookForm
{
    /// <summary>An object, signed with the webhook's secret.</summary>
    Json,

    /// <summary>A text, as Slack's incoming webhooks and what imitates them take it.</summary>
    Slack,
}

/// <summary>A row of <c>webhooks</c>, as it may be shown: the address without what is secret in it, and no secret.</summary>
/// <param name="Address">Scheme and host.</param>
/// <param name="LastError">Of its latest delivery that failed.</param>
public sealed record Webhook(
    Guid Id, string Address, WebhookForm Form, WebhookEvent[] Events, bool IsSigned, DateTimeOffset CreatedAt, int Pending, int Delivered, int GaveUp, string? LastError)
{
    internal const string Columns =
        """
        w.id, substring(w.url from '^https?://[^/?#]+') || '/…', w.form, w.events, w.secret IS NOT NULL, w.created_at,
        (SELECT count(*)::int FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'pending'),
        (SELECT count(*)::int FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'delivered'),
        (SELECT count(*)::int FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'gave_up'),
        (SELECT d.last_error FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.last_error IS NOT NULL ORDER BY d.created_at DESC LIMIT 1)
        """;

    internal static Webhook Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Text(), row.Word<WebhookForm>(), [.. row.Texts().Select(Words.Parse<WebhookEvent>)], row.Truth(), row.Time(), row.Number(), row.Number(), row.Number(), row.OptionalText());
    }
}

/// <summary>Where a message goes, with its secrets. Not to be logged or shown.</summary>
public sealed record WebhookTarget(Guid Id, string Url, WebhookForm Form, string? Secret)
{
    /// <summary>Without the address's path and the secret.</summary>
    public override string ToString() => $"webhook {Id}";
}

/// <summary>What happened.</summary>
public sealed record WebhookNews(WebhookEvent Event, string Message, DateTimeOffset At, Guid? TaskId, string? TaskKind, string? TaskTitle, string? Repository);

/// <summary>A message that is due.</summary>
/// <param name="Id">Of the delivery: the same in every attempt.</param>
/// <param name="Attempt">Counts from 1.</param>
public sealed record WebhookDelivery(Guid Id, int Attempt, WebhookTarget Target, WebhookNews News);
