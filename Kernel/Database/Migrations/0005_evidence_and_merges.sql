-- What a check returned for one exact commit. Written once, by the code that ran the check.
CREATE TABLE evidence (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    task_id UUID NOT NULL REFERENCES tasks(id),
    session_id UUID REFERENCES agent_sessions(id),
    kind VARCHAR(20) NOT NULL CHECK (kind IN ('test', 'analysis', 'verdict', 'merge-test')),
    commit_sha commit_sha NOT NULL,
    tree_sha commit_sha,
    passed BOOLEAN NOT NULL,
    exit_code INTEGER, -- NULL: no command was run (a verdict, or a repository without checks)
    command TEXT,
    log TEXT NOT NULL DEFAULT '',
    log_sha256 VARCHAR(64) NOT NULL,
    model VARCHAR(200),
    feedback TEXT,
    findings JSONB NOT NULL DEFAULT '[]',
    attempt INTEGER NOT NULL DEFAULT 1,
    duration_ms INTEGER CHECK (duration_ms >= 0),
    step_key VARCHAR(200) UNIQUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT evidence_log_is_what_was_hashed CHECK (log_sha256 = encode(sha256(convert_to(log, 'UTF8')), 'hex')),
    CONSTRAINT evidence_exit_code_agrees CHECK (NOT passed OR exit_code IS NULL OR exit_code = 0),
    CONSTRAINT evidence_tests_ran CHECK (kind NOT IN ('test', 'analysis') OR exit_code IS NOT NULL),
    CONSTRAINT evidence_merge_has_tree CHECK (kind <> 'merge-test' OR tree_sha IS NOT NULL)
);
CREATE INDEX idx_evidence_task ON evidence(task_id, created_at);
CREATE INDEX idx_evidence_commit ON evidence(commit_sha);
CREATE TRIGGER evidence_kept BEFORE UPDATE OR DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_not_truncated BEFORE TRUNCATE ON evidence EXECUTE FUNCTION refuse_change();

-- A verdict is a judge's: no coder approves its own work.
CREATE FUNCTION evidence_from_its_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM agent_sessions s WHERE s.id = NEW.session_id AND s.task_id = NEW.task_id AND (NEW.kind <> 'verdict' OR s.role = 'reviewer')) THEN
        RAISE EXCEPTION 'session % is not one that can give a % of task %', NEW.session_id, NEW.kind, NEW.task_id USING ERRCODE = 'AO003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_from_its_session BEFORE INSERT ON evidence FOR EACH ROW WHEN (NEW.session_id IS NOT NULL) EXECUTE FUNCTION evidence_from_its_session();

-- Several queued merges that are tested and land as one. One at a time for each repository.
CREATE TABLE merge_batches (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    repository_id UUID NOT NULL REFERENCES repositories(id),
    owner VARCHAR(200) NOT NULL,
    state VARCHAR(20) NOT NULL DEFAULT 'testing' CHECK (state IN ('testing', 'passed', 'failed', 'landing', 'landed', 'released')),
    lease_until TIMESTAMPTZ NOT NULL,
    base_sha commit_sha,
    tree_sha commit_sha,
    result_sha commit_sha,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK (state NOT IN ('passed', 'landing', 'landed') OR (base_sha IS NOT NULL AND tree_sha IS NOT NULL AND result_sha IS NOT NULL))
);
CREATE UNIQUE INDEX idx_merge_batches_one ON merge_batches(repository_id) WHERE state IN ('testing', 'passed', 'failed', 'landing');

CREATE TABLE merges (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    task_id UUID NOT NULL REFERENCES tasks(id),
    repository_id UUID NOT NULL REFERENCES repositories(id),
    head_sha commit_sha NOT NULL,
    state VARCHAR(20) NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'testing', 'landing', 'landed', 'failed', 'cancelled')),
    priority INTEGER NOT NULL DEFAULT 0,
    batch_id UUID REFERENCES merge_batches(id),
    group_id UUID, -- a half of a batch that failed: tested by itself
    base_sha commit_sha,        -- the tip it was tested on
    tree_sha commit_sha,        -- the tree that was tested
    result_sha commit_sha,      -- the commit that was tested
    merge_sha commit_sha,       -- within it, the commit that brings in this task
    evidence_id UUID REFERENCES evidence(id),
    landed_sha commit_sha,
    landed_tree_sha commit_sha,
    failure TEXT,
    reason VARCHAR(20) CHECK (reason IN ('conflict', 'checks', 'other')),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    landed_at TIMESTAMPTZ,
    CHECK ((state IN ('testing', 'landing')) <= (batch_id IS NOT NULL)),
    CONSTRAINT merges_land_what_was_tested CHECK (state <> 'landed' OR (
        landed_sha IS NOT NULL AND landed_at IS NOT NULL AND evidence_id IS NOT NULL
        AND tree_sha IS NOT NULL AND landed_tree_sha IS NOT NULL AND tree_sha = landed_tree_sha
        AND result_sha IS NOT NULL AND result_sha = landed_sha))
);
CREATE INDEX idx_merges_queue ON merges(repository_id, priority DESC, created_at) WHERE state = 'queued';
CREATE INDEX idx_merges_batch ON merges(batch_id);
CREATE UNIQUE INDEX idx_merges_head ON merges(task_id, head_sha) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX idx_merges_one_open ON merges(task_id) WHERE state IN ('queued', 'testing', 'landing');

CREATE FUNCTION merges_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'landed' THEN
        RAISE EXCEPTION 'merge % is %: it stays', OLD.id, OLD.state USING ERRCODE = 'AO004';
    END IF;
    IF (NEW.id, NEW.task_id, NEW.repository_id, NEW.head_sha, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.task_id, OLD.repository_id, OLD.head_sha, OLD.created_at) THEN
        RAISE EXCEPTION 'task and head of merge % are fixed', OLD.id USING ERRCODE = 'AO004';
    END IF;
    IF NEW.state <> OLD.state AND NOT (CASE OLD.state
        WHEN 'queued' THEN NEW.state IN ('testing', 'cancelled')
        WHEN 'testing' THEN NEW.state IN ('queued', 'landing', 'failed', 'cancelled')
        WHEN 'landing' THEN NEW.state IN ('queued', 'landed', 'failed')
        ELSE FALSE
    END) THEN
        RAISE EXCEPTION 'merge % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'AO001';
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER merges_change BEFORE UPDATE OR DELETE ON merges FOR EACH ROW EXECUTE FUNCTION merges_change();
CREATE TRIGGER merges_not_truncated BEFORE TRUNCATE ON merges EXECUTE FUNCTION refuse_change();

CREATE FUNCTION merges_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'queued' THEN
        RAISE EXCEPTION 'a merge begins queued' USING ERRCODE = 'AO001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER merges_begin BEFORE INSERT ON merges FOR EACH ROW EXECUTE FUNCTION merges_begin();

-- A landed merge stands on a passed test of exactly the commit and tree that landed, run for this very task.
CREATE FUNCTION merges_landed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM evidence e
        WHERE e.id = NEW.evidence_id AND e.task_id = NEW.task_id AND e.kind = 'merge-test' AND e.passed
            AND e.commit_sha = NEW.landed_sha AND e.tree_sha = NEW.landed_tree_sha) THEN
        RAISE EXCEPTION 'merge % has no passed test of the tree that landed', NEW.id USING ERRCODE = 'AO003';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER merges_landed AFTER INSERT OR UPDATE ON merges DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'landed') EXECUTE FUNCTION merges_landed();

-- Done is a fact about evidence: the merge landed (above), what landed is this task's head, and a judge approved that head.
CREATE FUNCTION tasks_done() RETURNS trigger LANGUAGE plpgsql AS $$
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
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tasks_done AFTER INSERT OR UPDATE ON tasks DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status = 'done' AND NEW.kind = 'code') EXECUTE FUNCTION tasks_done();

-- What a rejection or a failure taught; given to later sessions on the repository.
CREATE TABLE lessons (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    repository_id UUID NOT NULL REFERENCES repositories(id),
    task_id UUID REFERENCES tasks(id),
    source VARCHAR(20) NOT NULL CHECK (source IN ('verdict', 'checks', 'merge', 'failure', 'person')),
    content TEXT NOT NULL CHECK (content ~ '\S'),
    retired BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX idx_lessons_once ON lessons(repository_id, md5(content));

-- What a person set for the whole of AgentOS.
CREATE TABLE settings (
    key VARCHAR(100) PRIMARY KEY,
    value JSONB NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
