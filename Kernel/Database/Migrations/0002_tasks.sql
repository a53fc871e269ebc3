-- What tasks need beyond the first design. Errors that AgentOS raises itself have SQLSTATEs of their own:
-- AO001 illegal change of state   AO002 cycle of dependencies   AO003 done without evidence
-- AO004 change of what is fixed   AO005 over budget             AO006 dependencies not done

CREATE TABLE repositories (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(100) NOT NULL UNIQUE CHECK (name <> ''),
    path TEXT NOT NULL UNIQUE CHECK (path <> ''),
    remote_url TEXT,
    default_branch VARCHAR(200) NOT NULL DEFAULT 'main' CHECK (default_branch <> ''),
    checks JSONB NOT NULL DEFAULT '{}',   -- commands that the owner set here instead of in the repository
    settings JSONB NOT NULL DEFAULT '{}', -- what loosens the sandbox: network, folders, limits
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE DOMAIN commit_sha AS VARCHAR(64) CHECK (VALUE ~ '^([0-9a-f]{40}|[0-9a-f]{64})$');

ALTER TABLE tasks
    ALTER COLUMN status SET NOT NULL,
    ALTER COLUMN priority SET NOT NULL,
    ALTER COLUMN created_at SET NOT NULL,
    ALTER COLUMN updated_at SET NOT NULL,
    ADD COLUMN kind VARCHAR(20) NOT NULL DEFAULT 'code',
    ADD COLUMN repository_id UUID REFERENCES repositories(id),
    ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN max_attempts INTEGER NOT NULL DEFAULT 3,
    ADD COLUMN base_sha commit_sha,
    ADD COLUMN head_sha commit_sha,
    ADD COLUMN merged_sha commit_sha,
    ADD COLUMN workflow_instance_id VARCHAR(64),
    ADD COLUMN budget_usd NUMERIC(14, 6) CHECK (budget_usd >= 0), -- NULL: no limit of its own
    ADD COLUMN spent_usd NUMERIC(14, 6) NOT NULL DEFAULT 0 CHECK (spent_usd >= 0),       -- with everything below it
    ADD COLUMN reserved_usd NUMERIC(14, 6) NOT NULL DEFAULT 0 CHECK (reserved_usd >= 0), -- worst price of the calls under way
    ADD COLUMN waiting_since TIMESTAMPTZ, -- asked for a worker and got none
    ADD COLUMN depth INTEGER NOT NULL DEFAULT 0 CHECK (depth BETWEEN 0 AND 8),
    ADD COLUMN files TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN plan_key VARCHAR(100),        -- the planner's name for it, within the goal
    ADD COLUMN created_by_step VARCHAR(200), -- which step made it: the same step run again makes nothing new
    ADD CONSTRAINT tasks_status_known CHECK (status IN ('inbox', 'assigned', 'in_progress', 'review', 'done', 'blocked', 'cancelled')),
    ADD CONSTRAINT tasks_kind_known CHECK (kind IN ('goal', 'code')),
    ADD CONSTRAINT tasks_title_not_empty CHECK (title ~ '\S'),
    ADD CONSTRAINT tasks_attempts_in_bounds CHECK (attempt >= 1 AND attempt <= max_attempts),
    ADD CONSTRAINT tasks_not_own_parent CHECK (parent_task_id <> id),
    ADD CONSTRAINT tasks_assigned_to_someone CHECK (status <> 'assigned' OR assignee_id IS NOT NULL),
    ADD CONSTRAINT tasks_code_has_repository CHECK (kind = 'goal' OR repository_id IS NOT NULL OR status NOT IN ('in_progress', 'review', 'done')),
    ADD CONSTRAINT tasks_merged_when_done CHECK (status <> 'done' OR kind = 'goal' OR merged_sha IS NOT NULL);

CREATE INDEX idx_tasks_parent ON tasks(parent_task_id);
CREATE INDEX idx_tasks_repository ON tasks(repository_id);
CREATE INDEX idx_tasks_waiting ON tasks(priority DESC, waiting_since) WHERE waiting_since IS NOT NULL;
CREATE UNIQUE INDEX idx_tasks_workflow_instance ON tasks(workflow_instance_id) WHERE workflow_instance_id IS NOT NULL;
CREATE UNIQUE INDEX idx_tasks_plan_key ON tasks(parent_task_id, plan_key) WHERE plan_key IS NOT NULL;
CREATE INDEX idx_tasks_created_by_step ON tasks(created_by_step) WHERE created_by_step IS NOT NULL;

CREATE FUNCTION tasks_begin() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE parent tasks;
BEGIN
    IF NEW.status NOT IN ('inbox', 'assigned') THEN
        RAISE EXCEPTION 'a task begins in the inbox or assigned, not %', NEW.status USING ERRCODE = 'AO001';
    END IF;
    IF NEW.spent_usd <> 0 OR NEW.reserved_usd <> 0 OR NEW.merged_sha IS NOT NULL THEN
        RAISE EXCEPTION 'a new task has spent nothing and merged nothing' USING ERRCODE = 'AO004';
    END IF;
    NEW.depth := 0;
    IF NEW.parent_task_id IS NOT NULL THEN
        -- Shared lock: the goal cannot be closed while a task is being put into it.
        SELECT * INTO parent FROM tasks WHERE id = NEW.parent_task_id FOR SHARE;
        IF parent.kind = 'code' THEN
            RAISE EXCEPTION 'task % is no goal: it cannot have tasks of its own', parent.id USING ERRCODE = 'AO004';
        END IF;
        IF parent.status IN ('done', 'cancelled') THEN
            RAISE EXCEPTION 'goal % is % and takes no more tasks', parent.id, parent.status USING ERRCODE = 'AO001';
        END IF;
        NEW.depth := parent.depth + 1;
        NEW.repository_id := COALESCE(NEW.repository_id, parent.repository_id);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER tasks_begin BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION tasks_begin();

CREATE TABLE task_dependencies (
    task_id UUID NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
    depends_on_id UUID NOT NULL REFERENCES tasks(id),
    PRIMARY KEY (task_id, depends_on_id),
    CHECK (task_id <> depends_on_id)
);
CREATE INDEX idx_task_dependencies_on ON task_dependencies(depends_on_id);

-- Only tasks of one goal depend on each other. So no chain runs through a goal that waits for its own tasks, and one
-- lock for each goal is enough: two transactions that would close a cycle together come one after the other.
CREATE FUNCTION task_dependencies_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE goal UUID; other UUID;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a dependency is added or removed, never changed' USING ERRCODE = 'AO004';
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'dependencies are added in read committed transactions: others do not see what was added meanwhile' USING ERRCODE = 'AO002';
    END IF;
    SELECT parent_task_id INTO goal FROM tasks WHERE id = NEW.task_id;
    SELECT parent_task_id INTO other FROM tasks WHERE id = NEW.depends_on_id;
    IF goal IS DISTINCT FROM other THEN
        RAISE EXCEPTION 'task % and task % are not of one goal: they cannot depend on each other', NEW.task_id, NEW.depends_on_id USING ERRCODE = 'AO002';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('task_dependencies ' || COALESCE(goal::text, ''), 0));
    IF EXISTS (
        WITH RECURSIVE behind(id) AS (
            SELECT NEW.depends_on_id
            UNION
            SELECT d.depends_on_id FROM task_dependencies d JOIN behind b ON d.task_id = b.id
        )
        SELECT FROM behind WHERE id = NEW.task_id
    ) THEN
        RAISE EXCEPTION 'task % already waits for task %: the dependency would close a cycle', NEW.depends_on_id, NEW.task_id USING ERRCODE = 'AO002';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER task_dependencies_guard BEFORE INSERT OR UPDATE ON task_dependencies FOR EACH ROW EXECUTE FUNCTION task_dependencies_guard();

CREATE FUNCTION tasks_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.parent_task_id, NEW.depth, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.kind, OLD.parent_task_id, OLD.depth, OLD.created_at) THEN
        RAISE EXCEPTION 'id, kind, parent and age of task % are fixed', OLD.id USING ERRCODE = 'AO004';
    END IF;
    IF NEW.repository_id IS DISTINCT FROM OLD.repository_id AND OLD.repository_id IS NOT NULL AND OLD.status NOT IN ('inbox', 'assigned') THEN
        RAISE EXCEPTION 'the repository of task % is fixed since its work began', OLD.id USING ERRCODE = 'AO004';
    END IF;
    IF NEW.attempt < OLD.attempt THEN
        RAISE EXCEPTION 'attempts of task % only count up', OLD.id USING ERRCODE = 'AO004';
    END IF;
    IF OLD.status IN ('done', 'cancelled')
        AND (NEW.attempt, NEW.head_sha, NEW.merged_sha, NEW.assignee_id, NEW.title, NEW.description)
            IS DISTINCT FROM (OLD.attempt, OLD.head_sha, OLD.merged_sha, OLD.assignee_id, OLD.title, OLD.description) THEN
        RAISE EXCEPTION 'task % is % and stays as it is', OLD.id, OLD.status USING ERRCODE = 'AO004';
    END IF;
    IF NEW.status <> OLD.status THEN
        -- A word that is no status is the CHECK's to refuse.
        IF NEW.status IN ('inbox', 'assigned', 'in_progress', 'review', 'done', 'blocked', 'cancelled') AND NOT (CASE OLD.status
            WHEN 'inbox' THEN NEW.status IN ('assigned', 'in_progress', 'blocked', 'cancelled')
            WHEN 'assigned' THEN NEW.status IN ('inbox', 'in_progress', 'blocked', 'cancelled')
            WHEN 'in_progress' THEN NEW.status IN ('inbox', 'assigned', 'review', 'blocked', 'cancelled')
            WHEN 'review' THEN NEW.status IN ('in_progress', 'done', 'blocked', 'cancelled')
            WHEN 'blocked' THEN NEW.status IN ('inbox', 'assigned', 'cancelled')
            ELSE FALSE
        END) AND NOT (NEW.kind = 'goal' AND OLD.status = 'in_progress' AND NEW.status = 'done') THEN
            RAISE EXCEPTION 'task % cannot go from % to %', OLD.id, OLD.status, NEW.status USING ERRCODE = 'AO001';
        END IF;
        -- Seen afresh, with the row locked: whoever begins to land locks it too (see MergeStore.BeginLandingAsync).
        IF OLD.status = 'review' AND NEW.status <> 'done' AND EXISTS (SELECT FROM merges WHERE task_id = NEW.id AND state = 'landing') THEN
            RAISE EXCEPTION 'task % is landing right now', NEW.id USING ERRCODE = 'AO001';
        END IF;
        IF NEW.status = 'in_progress' THEN
            IF OLD.status IN ('inbox', 'assigned') AND EXISTS (
                SELECT FROM task_dependencies d JOIN tasks t ON t.id = d.depends_on_id WHERE d.task_id = NEW.id AND t.status <> 'done') THEN
                RAISE EXCEPTION 'task % waits for others that are not done', NEW.id USING ERRCODE = 'AO006';
            END IF;
            NEW.started_at := COALESCE(OLD.started_at, now());
        ELSIF NEW.status IN ('done', 'cancelled') THEN
            IF NEW.status = 'done' AND NEW.kind = 'goal' AND EXISTS (
                SELECT FROM tasks WHERE parent_task_id = NEW.id AND status IN ('inbox', 'assigned', 'in_progress', 'review')) THEN
                RAISE EXCEPTION 'goal % has tasks that have not ended', NEW.id USING ERRCODE = 'AO006';
            END IF;
            NEW.completed_at := now();
        END IF;
        IF NEW.status NOT IN ('inbox', 'assigned', 'in_progress') THEN NEW.waiting_since := NULL; END IF;
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END $$;

CREATE TRIGGER tasks_change BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION tasks_change();

-- What is spent and reserved follows from model_calls, whose trigger alone may write it.
CREATE FUNCTION refuse_money_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'spent_usd and reserved_usd of task % follow from model_calls', OLD.id USING ERRCODE = 'AO004';
END $$;

CREATE TRIGGER tasks_money BEFORE UPDATE OF spent_usd, reserved_usd ON tasks FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND (NEW.spent_usd, NEW.reserved_usd) IS DISTINCT FROM (OLD.spent_usd, OLD.reserved_usd))
    EXECUTE FUNCTION refuse_money_by_hand();

-- For tables that only grow.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'AO004';
END $$;

CREATE TRIGGER tasks_kept BEFORE TRUNCATE ON tasks EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tasks_not_deleted BEFORE DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION refuse_change();
