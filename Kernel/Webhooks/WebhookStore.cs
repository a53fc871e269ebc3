using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Webhooks;

/// <summary>Where people are told, and what is still to be told. Rows of the outbox are made by the database, with the log entries that they are about.</summary>
public sealed class WebhookStore(NpgsqlDataSource database)
{
    public Task<Webhook> AddAsync(NewWebhook added, CancellationToken cancellation = default) => AddAsync(added.Url, added.Form, added.Events, added.Secret, cancellation);

    public async Task<Webhook> AddAsync(string url, WebhookForm form, IReadOnlyList<WebhookEvent> events, string? secret, CancellationToken cancellation = default) =>
        (await database.FirstAsync(
            $"WITH w AS (INSERT INTO webhooks (id, url, form, events, secret) VALUES (@id, @url, @form, @events, @secret) RETURNING *) SELECT {Webhook.Columns} FROM w",
            Webhook.Read, cancellation, ("id", Guid.CreateVersion7()), ("url", url), ("form", form), ("events", events.Distinct().Select(each => each.Word()).ToArray()), ("secret", secret)))!;

    public Task<List<Webhook>> ListAsync(CancellationToken cancellation = default) =>
        database.ListAsync($"SELECT {Webhook.Columns} FROM webhooks w ORDER BY created_at, id", Webhook.Read, cancellation);

    /// <exception cref="NotFoundException"/>
    public async Task RemoveAsync(Guid id, CancellationToken cancellation = default)
    {
        if (await database.RunAsync("DELETE FROM webhooks WHERE id = @id", cancellation, ("id", id)) == 0) throw new NotFoundException("webhook", id);
    }

    /// <exception cref="NotFoundException"/>
    public async Task<WebhookTarget> TargetAsync(Guid id, CancellationToken cancellation = default) =>
        await database.FirstAsync("SELECT id, url, form, secret FROM webhooks WHERE id = @id", reader =>
        {
            var row = new Row(reader);
            return new WebhookTarget(row.Id(), row.Text(), row.Word<WebhookForm>(), row.OptionalText());
        }, cancellation, ("id", id)) ?? throw new NotFoundException("webhook", id);

    /// <summary>Takes messages that are due by the database's clock, each for one node: it comes back when the lease is over and nothing was heard of it.</summary>
    public Task<List<WebhookDelivery>> ClaimAsync(int most, TimeSpan lease, CancellationToken cancellation = default) =>
        database.ListAsync(
            """
            WITH due AS (
                SELECT id FROM webhook_deliveries WHERE state = 'pending' AND next_attempt_at <= now() ORDER BY next_attempt_at, created_at LIMIT @most FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE webhook_deliveries d SET attempts = attempts + 1, next_attempt_at = now() + @lease FROM due WHERE d.id = due.id RETURNING d.*
            )
            SELECT d.id, d.attempts, w.id, w.url, w.form, w.secret, d.event, COALESCE(l.message, l.event_type), l.created_at, t.id, t.kind, t.title, r.name
            FROM taken d JOIN webhooks w ON w.id = d.webhook_id JOIN activities l ON l.id = d.activity_id LEFT JOIN tasks t ON t.id = l.task_id LEFT JOIN repositories r ON r.id = t.repository_id
            ORDER BY d.created_at, d.id
            """, reader =>
            {
                var row = new Row(reader);
                return new WebhookDelivery(row.Id(), row.Number(), new(row.Id(), row.Text(), row.Word<WebhookForm>(), row.OptionalText()),
                    new(row.Word<WebhookEvent>(), row.Text(), row.Time(), row.OptionalId(), row.OptionalText(), row.OptionalText(), row.OptionalText()));
            }, cancellation, ("most", most), ("lease", lease));

    public Task DeliveredAsync(Guid id, CancellationToken cancellation = default) =>
        database.RunAsync("UPDATE webhook_deliveries SET state = 'delivered', ended_at = now(), last_error = NULL WHERE id = @id AND state = 'pending'", cancellation, ("id", id));

    /// <param name="again">After which time to try again; null gives up, and says so in the log.</param>
    public Task FailedAsync(Guid id, string error, TimeSpan? again, CancellationToken cancellation = default) =>
        database.RunAsync(
            """
            WITH failed AS (
                UPDATE webhook_deliveries SET last_error = left(@error, 1000), next_attempt_at = CASE WHEN @again::interval IS NULL THEN next_attempt_at ELSE now() + @again END,
                    state = CASE WHEN @again::interval IS NULL THEN 'gave_up' ELSE state END, ended_at = CASE WHEN @again::interval IS NULL THEN now() END
                WHERE id = @id AND state = 'pending' RETURNING *
            )
            INSERT INTO activities (event_type, message, metadata)
            SELECT 'webhook.gave_up', left('A notification was not taken by its webhook after ' || attempts || ' attempts: ' || @error, 2000), jsonb_build_object('webhook', webhook_id, 'delivery', id)
            FROM failed WHERE state = 'gave_up'
            """, cancellation, ("id", id), ("error", error), ("again", again));

    /// <summary>Forgets what was told long ago.</summary>
    public Task<int> ForgetAsync(TimeSpan age, CancellationToken cancellation = default) =>
        database.RunAsync("DELETE FROM webhook_deliveries WHERE state <> 'pending' AND ended_at < now() - @age", cancellation, ("age", age));
}
