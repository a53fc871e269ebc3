-- Cancelled tasks keep their workflow, so that it is ended even when the notification was lost.
CREATE INDEX idx_tasks_cancelled_workflows ON tasks(completed_at) WHERE status = 'cancelled' AND workflow_instance_id IS NOT NULL;
