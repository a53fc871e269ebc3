-- Who is signed in with a browser. The cookie holds the id and a secret; here is only the secret's hash.
CREATE TABLE browser_sessions (
    id UUID PRIMARY KEY,
    secret_sha256 BYTEA NOT NULL CHECK (length(secret_sha256) = 32),
    user_agent VARCHAR(300),
    address VARCHAR(100),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);

-- Where people are told of what needs them.
CREATE TABLE webhooks (
    id UUID PRIMARY KEY,
    url TEXT NOT NULL CHECK (url ~ '^https?://'),
    form VARCHAR(20) NOT NULL CHECK (form IN ('json', 'slack')),
    events TEXT[] NOT NULL CHECK (cardinality(events) > 0 AND events <@ ARRAY['needs_you', 'merged', 'blocked', 'budget', 'reached']),
    secret TEXT, -- signs the JSON form
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- An outbox: written in the transaction of the log entry that it is about, so that neither is there without the other.
CREATE TABLE webhook_deliveries (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), -- the receiver tells repetitions by it
    webhook_id UUID NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
    activity_id UUID NOT NULL REFERENCES activities(id),
    event VARCHAR(20) NOT NULL,
    state VARCHAR(20) NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'gave_up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    ended_at TIMESTAMPTZ
);
CREATE INDEX idx_webhook_deliveries_due ON webhook_deliveries(next_attempt_at) WHERE state = 'pending';
CREATE INDEX idx_webhook_deliveries_webhook ON webhook_deliveries(webhook_id, created_at DESC);

CREATE FUNCTION webhook_event(event_type TEXT) RETURNS TEXT IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE event_type
        WHEN 'message.question' THEN 'needs_you' WHEN 'merge.waiting' THEN 'needs_you'
        WHEN 'task.done' THEN 'merged'
        WHEN 'task.blocked' THEN 'blocked' WHEN 'goal.blocked' THEN 'blocked'
        WHEN 'budget.reached' THEN 'budget'
        WHEN 'goal.done' THEN 'reached'
    END
$$;

CREATE FUNCTION webhook_deliveries_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhook_deliveries (webhook_id, activity_id, event)
    SELECT id, NEW.id, webhook_event(NEW.event_type) FROM webhooks WHERE webhook_event(NEW.event_type) = ANY(events);
    RETURN NULL;
END $$;
CREATE TRIGGER activities_to_webhooks AFTER INSERT ON activities FOR EACH ROW
    WHEN (webhook_event(NEW.event_type) IS NOT NULL) EXECUTE FUNCTION webhook_deliveries_queue();

-- A removed agent takes no more part; what it did stays its own.
ALTER TABLE agents ADD COLUMN removed_at TIMESTAMPTZ;

-- What things cost is asked by time.
CREATE INDEX idx_model_calls_time ON model_calls(started_at);
