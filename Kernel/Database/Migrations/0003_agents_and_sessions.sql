ALTER TABLE agents
    ALTER COLUMN status SET NOT NULL,
    ALTER COLUMN capabilities SET NOT NULL,
    ALTER COLUMN created_at SET NOT NULL,
    ALTER COLUMN updated_at SET NOT NULL,
    ADD COLUMN paused BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN current_task_id UUID REFERENCES tasks(id),
    ADD COLUMN claimed_at TIMESTAMPTZ,
    ADD CONSTRAINT agents_name_not_empty CHECK (name ~ '\S'),
    ADD CONSTRAINT agents_role_known CHECK (role IN ('orchestrator', 'worker', 'reviewer')),
    ADD CONSTRAINT agents_status_known CHECK (status IN ('idle', 'active', 'blocked')),
    ADD CONSTRAINT agents_only_workers_hold_tasks CHECK (current_task_id IS NULL OR role = 'worker');

-- A worker has one task because it has one column for it; a task has one worker because of this.
CREATE UNIQUE INDEX idx_agents_current_task ON agents(current_task_id) WHERE current_task_id IS NOT NULL;
CREATE INDEX idx_agents_role ON agents(role);

CREATE FUNCTION agents_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.current_task_id IS NOT NULL AND OLD.current_task_id IS NOT NULL AND NEW.current_task_id <> OLD.current_task_id THEN
        RAISE EXCEPTION 'agent % is at work on task %: it is freed first', OLD.id, OLD.current_task_id USING ERRCODE = 'AO001';
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER agents_change BEFORE UPDATE ON agents FOR EACH ROW EXECUTE FUNCTION agents_change();

ALTER TABLE agent_sessions
    ALTER COLUMN status SET NOT NULL,
    ALTER COLUMN started_at SET NOT NULL,
    ADD COLUMN task_id UUID REFERENCES tasks(id),
    ADD COLUMN role VARCHAR(50) NOT NULL DEFAULT 'worker',
    ADD COLUMN purpose VARCHAR(40) NOT NULL DEFAULT 'code' CHECK (purpose ~ '^[a-z][a-z-]*$'),
    ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
    ADD COLUMN model VARCHAR(200),
    ADD COLUMN workflow_instance_id VARCHAR(64),
    ADD COLUMN outcome VARCHAR(40),
    ADD COLUMN summary TEXT,
    ADD COLUMN cost_usd NUMERIC(14, 6) NOT NULL DEFAULT 0 CHECK (cost_usd >= 0),
    ADD COLUMN entry_count INTEGER NOT NULL DEFAULT 0,
    ADD CONSTRAINT agent_sessions_status_known CHECK (status IN ('running', 'stopped', 'crashed')),
    ADD CONSTRAINT agent_sessions_stopped_when_ended CHECK ((status = 'running') = (stopped_at IS NULL));
CREATE INDEX idx_agent_sessions_agent ON agent_sessions(agent_id, started_at DESC);
-- One session for each purpose of an attempt: a step that opens it again after a crash finds it.
CREATE UNIQUE INDEX idx_agent_sessions_step ON agent_sessions(task_id, purpose, attempt) WHERE task_id IS NOT NULL;
CREATE INDEX idx_agent_sessions_running ON agent_sessions(agent_id) WHERE status = 'running';

CREATE FUNCTION agent_sessions_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.task_id, NEW.purpose, NEW.attempt, NEW.started_at) IS DISTINCT FROM (OLD.id, OLD.task_id, OLD.purpose, OLD.attempt, OLD.started_at) THEN
        RAISE EXCEPTION 'task, purpose and attempt of session % are fixed', OLD.id USING ERRCODE = 'AO004';
    END IF;
    IF NEW.entry_count < OLD.entry_count THEN
        RAISE EXCEPTION 'the transcript of session % only grows', OLD.id USING ERRCODE = 'AO004';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agent_sessions_change BEFORE UPDATE ON agent_sessions FOR EACH ROW EXECUTE FUNCTION agent_sessions_change();

CREATE TABLE session_entries (
    session_id UUID NOT NULL REFERENCES agent_sessions(id),
    seq INTEGER NOT NULL CHECK (seq >= 0),
    kind VARCHAR(40) NOT NULL CHECK (kind ~ '^[a-z][a-z_-]*$'),
    content JSONB NOT NULL,
    model_call_id UUID,
    snapshot_sha commit_sha,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, seq)
);

CREATE FUNCTION session_entries_append() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq > 0 AND NOT EXISTS (SELECT FROM session_entries WHERE session_id = NEW.session_id AND seq = NEW.seq - 1) THEN
        RAISE EXCEPTION 'entry % of session % would leave a gap', NEW.seq, NEW.session_id USING ERRCODE = 'AO004';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER session_entries_append BEFORE INSERT ON session_entries FOR EACH ROW EXECUTE FUNCTION session_entries_append();
CREATE TRIGGER session_entries_kept BEFORE UPDATE OR DELETE ON session_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER session_entries_not_truncated BEFORE TRUNCATE ON session_entries EXECUTE FUNCTION refuse_change();

ALTER TABLE messages
    ALTER COLUMN message_type SET NOT NULL,
    ALTER COLUMN read SET NOT NULL,
    ALTER COLUMN created_at SET NOT NULL,
    ADD COLUMN in_reply_to UUID REFERENCES messages(id),
    ADD COLUMN session_id UUID REFERENCES agent_sessions(id),
    ADD COLUMN step_key VARCHAR(200) UNIQUE, -- the step that sent it: run again, it sends nothing new
    ADD CONSTRAINT messages_type_known CHECK (message_type IN ('comment', 'status', 'review', 'question', 'answer')),
    ADD CONSTRAINT messages_answers_answer CHECK (message_type <> 'answer' OR in_reply_to IS NOT NULL);
CREATE UNIQUE INDEX idx_messages_answer ON messages(in_reply_to) WHERE message_type = 'answer';
CREATE INDEX idx_messages_created ON messages(created_at DESC);
CREATE INDEX idx_messages_to ON messages(to_agent_id) WHERE NOT read;

ALTER TABLE activities
    ALTER COLUMN metadata SET NOT NULL,
    ALTER COLUMN created_at SET NOT NULL,
    ADD COLUMN position BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE, -- the order of the feed
    ADD CONSTRAINT activities_type_not_empty CHECK (event_type <> '');
CREATE INDEX idx_activities_task ON activities(task_id, position);
CREATE INDEX idx_activities_agent ON activities(agent_id, position);
CREATE TRIGGER activities_kept BEFORE UPDATE OR DELETE ON activities FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER activities_not_truncated BEFORE TRUNCATE ON activities EXECUTE FUNCTION refuse_change();

ALTER TABLE schedules
    ALTER COLUMN enabled SET NOT NULL,
    ALTER COLUMN created_at SET NOT NULL,
    ADD CONSTRAINT schedules_once UNIQUE (agent_id, cron_expression);

-- Where PostgreSQL can, ids that it makes itself are in order of time, as those of the application are.
DO $$
DECLARE each_table TEXT;
BEGIN
    IF current_setting('server_version_num')::int >= 180000 THEN
        FOREACH each_table IN ARRAY ARRAY['agents', 'tasks', 'messages', 'activities', 'agent_sessions', 'schedules', 'repositories'] LOOP
            EXECUTE format('ALTER TABLE %I ALTER COLUMN id SET DEFAULT uuidv7()', each_table);
        END LOOP;
    END IF;
END $$;
