-- What calls cost, added up as they end: it is asked for months at a time, and calls are many. Who works on one goal waits for the goal's row
-- before it comes to the row here, so nobody waits twice.
CREATE TABLE model_costs (
    day DATE NOT NULL, -- in UTC, on which the calls were started
    provider VARCHAR(100) NOT NULL,
    model VARCHAR(200) NOT NULL,
    agent_id UUID REFERENCES agents(id),
    repository_id UUID REFERENCES repositories(id),
    goal_id UUID REFERENCES tasks(id), -- the one right above the task; a goal's own calls are the goal's
    calls INTEGER NOT NULL,
    input_tokens BIGINT NOT NULL,
    cached_input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cost_usd NUMERIC(18, 6) NOT NULL,
    UNIQUE NULLS NOT DISTINCT (day, provider, model, agent_id, repository_id, goal_id)
);

INSERT INTO model_costs
SELECT (c.started_at AT TIME ZONE 'UTC')::date, c.provider, c.model, s.agent_id, t.repository_id, CASE t.kind WHEN 'goal' THEN t.id ELSE t.parent_task_id END,
    count(*)::int, sum(c.input_tokens), sum(c.cached_input_tokens), sum(c.output_tokens), sum(c.cost_usd)
FROM model_calls c LEFT JOIN agent_sessions s ON s.id = c.session_id LEFT JOIN tasks t ON t.id = c.task_id
WHERE c.outcome <> 'started' GROUP BY 1, 2, 3, 4, 5, 6;

CREATE FUNCTION model_calls_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO model_costs AS known
    SELECT (NEW.started_at AT TIME ZONE 'UTC')::date, NEW.provider, NEW.model, s.agent_id, t.repository_id, CASE t.kind WHEN 'goal' THEN t.id ELSE t.parent_task_id END,
        1, NEW.input_tokens, NEW.cached_input_tokens, NEW.output_tokens, NEW.cost_usd
    FROM (SELECT) one LEFT JOIN agent_sessions s ON s.id = NEW.session_id LEFT JOIN tasks t ON t.id = NEW.task_id
    ON CONFLICT (day, provider, model, agent_id, repository_id, goal_id) DO UPDATE SET calls = known.calls + 1, input_tokens = known.input_tokens + EXCLUDED.input_tokens,
        cached_input_tokens = known.cached_input_tokens + EXCLUDED.cached_input_tokens, output_tokens = known.output_tokens + EXCLUDED.output_tokens, cost_usd = known.cost_usd + EXCLUDED.cost_usd;
    RETURN NULL;
END $$;
CREATE TRIGGER model_calls_add_up AFTER UPDATE ON model_calls FOR EACH ROW WHEN (OLD.outcome = 'started' AND NEW.outcome <> 'started') EXECUTE FUNCTION model_calls_add_up();
