-- All goals, the newest first; the board's index has only those that have not ended.
CREATE INDEX idx_tasks_all_goals ON tasks(created_at DESC, id DESC) WHERE kind = 'goal';
CREATE INDEX idx_tasks_goal_titles ON tasks USING gin (to_tsvector('simple', title)) WHERE kind = 'goal';
