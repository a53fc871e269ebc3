-- The newest tasks with words that very many have are found by going back in time.
CREATE INDEX idx_tasks_newest ON tasks(created_at DESC, id DESC) WHERE kind = 'code';
