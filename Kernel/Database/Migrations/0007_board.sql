-- The board reads the first tasks of each state in the order in which it shows them.
CREATE INDEX idx_tasks_board ON tasks(status, priority DESC, created_at, id) WHERE kind = 'code';
CREATE INDEX idx_tasks_board_repository ON tasks(repository_id, status, priority DESC, created_at, id) WHERE kind = 'code';
CREATE INDEX idx_tasks_board_agent ON tasks(assignee_id, status, priority DESC, created_at, id) WHERE kind = 'code';
CREATE INDEX idx_tasks_done ON tasks(completed_at DESC, id DESC) WHERE kind = 'code' AND status = 'done';
CREATE INDEX idx_tasks_done_repository ON tasks(repository_id, completed_at DESC, id DESC) WHERE kind = 'code' AND status = 'done';
CREATE INDEX idx_tasks_done_agent ON tasks(assignee_id, completed_at DESC, id DESC) WHERE kind = 'code' AND status = 'done';
CREATE INDEX idx_tasks_title ON tasks USING gin (to_tsvector('simple', title)) WHERE kind = 'code';
CREATE INDEX idx_tasks_goals ON tasks(priority DESC, created_at DESC, id) WHERE kind = 'goal' AND status IN ('inbox', 'assigned', 'in_progress', 'review', 'blocked');

-- Every entry of the log rings, also where what it stands for does not: open pages follow the log. Once for each transaction.
CREATE FUNCTION activities_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM made) THEN PERFORM pg_notify('agentos', '{"kind":"activity"}'); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER activities_ring AFTER INSERT ON activities REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION activities_ring();
