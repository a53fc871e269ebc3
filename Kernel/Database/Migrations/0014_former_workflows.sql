-- The workflow that a task was taken from in the middle of its work. No other takes the task up until that one has ended.
ALTER TABLE tasks ADD COLUMN former_instance_id VARCHAR(64);
CREATE INDEX idx_tasks_former_instance ON tasks(former_instance_id) WHERE former_instance_id IS NOT NULL;
