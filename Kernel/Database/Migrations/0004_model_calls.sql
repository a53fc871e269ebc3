-- One row for each call of a model. What it may cost at worst is reserved against the task and every goal above it by the
-- statement that starts it, and what it did cost takes that place when it ends: the triggers below do both, so that no
-- caller can start a call past a budget or forget to settle one.
CREATE TABLE model_calls (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id UUID REFERENCES agent_sessions(id),
    task_id UUID REFERENCES tasks(id), -- the session's
    step_key VARCHAR(200) NOT NULL CHECK (step_key <> ''),
    attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
    provider VARCHAR(100) NOT NULL,
    model VARCHAR(200) NOT NULL,
    request JSONB NOT NULL,
    response JSONB,
    outcome VARCHAR(20) NOT NULL DEFAULT 'started' CHECK (outcome IN ('started', 'succeeded', 'failed', 'lost')),
    error TEXT,
    input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
    cached_input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (cached_input_tokens >= 0),
    output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
    reserved_usd NUMERIC(14, 6) NOT NULL CHECK (reserved_usd >= 0),
    cost_usd NUMERIC(14, 6) CHECK (cost_usd >= 0),
    retries INTEGER NOT NULL DEFAULT 0 CHECK (retries >= 0),
    duration_ms INTEGER CHECK (duration_ms >= 0),
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    ended_at TIMESTAMPTZ,
    UNIQUE (step_key, attempt),
    CHECK ((outcome = 'started') = (ended_at IS NULL)),
    CHECK ((outcome = 'started') = (cost_usd IS NULL)),
    CHECK (outcome <> 'succeeded' OR response IS NOT NULL)
);
CREATE UNIQUE INDEX idx_model_calls_one_at_a_time ON model_calls(step_key) WHERE outcome = 'started';
CREATE UNIQUE INDEX idx_model_calls_one_answer ON model_calls(step_key) WHERE outcome = 'succeeded';
CREATE INDEX idx_model_calls_session ON model_calls(session_id, started_at);
CREATE INDEX idx_model_calls_task ON model_calls(task_id);
CREATE INDEX idx_model_calls_started ON model_calls(started_at) WHERE outcome = 'started';

ALTER TABLE session_entries ADD FOREIGN KEY (model_call_id) REFERENCES model_calls(id);

-- The task, then the goal above it, and so on: from the leaf up, so that everyone locks in one order.
CREATE FUNCTION lock_with_goals(task UUID) RETURNS SETOF tasks LANGUAGE plpgsql AS $$
DECLARE found_task tasks;
BEGIN
    WHILE task IS NOT NULL LOOP
        SELECT * INTO found_task FROM tasks WHERE id = task FOR NO KEY UPDATE;
        RETURN NEXT found_task;
        task := found_task.parent_task_id;
    END LOOP;
END $$;

CREATE FUNCTION model_calls_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE each_task tasks;
BEGIN
    IF NEW.outcome <> 'started' THEN
        RAISE EXCEPTION 'a model call begins as started' USING ERRCODE = 'AO001';
    END IF;
    IF EXISTS (SELECT FROM model_calls WHERE step_key = NEW.step_key AND outcome = 'succeeded') THEN
        RAISE EXCEPTION 'step % has its answer already', NEW.step_key USING ERRCODE = 'unique_violation', CONSTRAINT = 'idx_model_calls_one_answer';
    END IF;
    IF NEW.session_id IS NOT NULL THEN
        SELECT task_id INTO NEW.task_id FROM agent_sessions WHERE id = NEW.session_id;
    END IF;
    FOR each_task IN SELECT * FROM lock_with_goals(NEW.task_id) LOOP
        IF each_task.spent_usd + each_task.reserved_usd + NEW.reserved_usd > each_task.budget_usd THEN
            RAISE EXCEPTION 'the budget of % % is % USD: % are spent, % reserved, and the call may cost %',
                each_task.kind, each_task.id, each_task.budget_usd, each_task.spent_usd, each_task.reserved_usd, NEW.reserved_usd
                USING ERRCODE = 'AO005', TABLE = 'tasks', COLUMN = each_task.id::text; -- whose budget it is, for the program
        END IF;
        UPDATE tasks SET reserved_usd = reserved_usd + NEW.reserved_usd WHERE id = each_task.id AND NEW.reserved_usd > 0;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER model_calls_reserve BEFORE INSERT ON model_calls FOR EACH ROW EXECUTE FUNCTION model_calls_reserve();

CREATE FUNCTION model_calls_settle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE each_task tasks;
BEGIN
    IF OLD.outcome <> 'started' THEN
        RAISE EXCEPTION 'model call % has ended and stays as it is', OLD.id USING ERRCODE = 'AO004';
    END IF;
    IF (NEW.id, NEW.session_id, NEW.task_id, NEW.step_key, NEW.attempt, NEW.reserved_usd, NEW.started_at)
        IS DISTINCT FROM (OLD.id, OLD.session_id, OLD.task_id, OLD.step_key, OLD.attempt, OLD.reserved_usd, OLD.started_at) THEN
        RAISE EXCEPTION 'step, session and reservation of model call % are fixed', OLD.id USING ERRCODE = 'AO004';
    END IF;
    IF NEW.outcome = 'started' THEN RETURN NEW; END IF;
    FOR each_task IN SELECT * FROM lock_with_goals(NEW.task_id) LOOP
        UPDATE tasks SET reserved_usd = reserved_usd - OLD.reserved_usd, spent_usd = spent_usd + NEW.cost_usd
            WHERE id = each_task.id AND (OLD.reserved_usd > 0 OR NEW.cost_usd > 0);
    END LOOP;
    IF NEW.cost_usd > 0 THEN
        UPDATE agent_sessions SET cost_usd = cost_usd + NEW.cost_usd WHERE id = NEW.session_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER model_calls_settle BEFORE UPDATE ON model_calls FOR EACH ROW EXECUTE FUNCTION model_calls_settle();
CREATE TRIGGER model_calls_kept BEFORE DELETE ON model_calls FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER model_calls_not_truncated BEFORE TRUNCATE ON model_calls EXECUTE FUNCTION refuse_change();
