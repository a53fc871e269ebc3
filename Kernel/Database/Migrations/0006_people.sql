-- What people decide about tasks, and what they say to whoever works on them.

ALTER TABLE tasks
    ADD COLUMN hold VARCHAR(20) CHECK (hold IN ('stopped', 'taken_over')), -- blocked by a person: nothing but a person sets it going again
    ADD COLUMN workspace TEXT,           -- the folder in which it is coded, on the machine whose agents code it
    ADD COLUMN person_attempt INTEGER,   -- the attempt that a person did
    ADD CONSTRAINT tasks_held_is_blocked CHECK (hold IS NULL OR status = 'blocked');

-- Whoever moves a task on, also who knows nothing of holds, ends the hold. (Triggers run in the order of their names: after tasks_change.)
CREATE FUNCTION tasks_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> 'blocked' THEN NEW.hold := NULL; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tasks_hold BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION tasks_hold();

ALTER TABLE messages
    ADD COLUMN file TEXT CHECK (file <> ''), -- a comment on a line of a diff: where, and of which commit
    ADD COLUMN line INTEGER CHECK (line >= 1),
    ADD COLUMN commit_sha commit_sha,
    ADD CONSTRAINT messages_line_of_a_file CHECK (line IS NULL OR file IS NOT NULL);

-- Which session was told what a person said: each once.
CREATE TABLE session_words (
    session_id UUID NOT NULL REFERENCES agent_sessions(id),
    message_id UUID NOT NULL REFERENCES messages(id),
    seq INTEGER NOT NULL, -- the entry of the transcript that holds it
    PRIMARY KEY (session_id, message_id)
);
CREATE INDEX idx_session_words_message ON session_words(message_id);
CREATE INDEX idx_messages_words ON messages(task_id, created_at) WHERE message_type = 'comment' AND from_agent_id IS NULL;

ALTER TABLE evidence
    ADD COLUMN by_person BOOLEAN NOT NULL DEFAULT FALSE,
    ADD CONSTRAINT evidence_of_persons_is_a_verdict CHECK (NOT by_person OR kind = 'verdict' AND session_id IS NULL AND model IS NULL);

CREATE FUNCTION person_rejected(task UUID, head TEXT) RETURNS BOOLEAN STABLE LANGUAGE sql AS $$
    SELECT COALESCE((SELECT NOT e.passed FROM evidence e WHERE e.task_id = task AND e.by_person AND e.commit_sha = head ORDER BY e.created_at DESC, e.id DESC LIMIT 1), FALSE)
$$;

-- As before, and: a person's last word about a commit holds.
CREATE OR REPLACE FUNCTION tasks_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM merges m WHERE m.task_id = NEW.id AND m.state = 'landed'
            AND m.head_sha = NEW.head_sha AND NEW.merged_sha IN (m.landed_sha, m.merge_sha) AND m.repository_id = NEW.repository_id) THEN
        RAISE EXCEPTION 'task % cannot be done: its head has not landed as tested', NEW.id USING ERRCODE = 'AO003';
    END IF;
    IF NOT EXISTS (
        SELECT FROM evidence e WHERE e.task_id = NEW.id AND e.kind = 'verdict' AND e.passed AND e.commit_sha = NEW.head_sha) THEN
        RAISE EXCEPTION 'task % cannot be done: no judge approved %', NEW.id, NEW.head_sha USING ERRCODE = 'AO003';
    END IF;
    IF person_rejected(NEW.id, NEW.head_sha) THEN
        RAISE EXCEPTION 'task % cannot be done: a person rejected %', NEW.id, NEW.head_sha USING ERRCODE = 'AO003';
    END IF;
    RETURN NULL;
END $$;
