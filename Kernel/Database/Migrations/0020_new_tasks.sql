-- Whoever hears of a new task knows that it is new, and that no workflow has it: to start one, nothing has to be read first.
CREATE OR REPLACE FUNCTION tasks_are_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO activities (event_type, agent_id, task_id, message, metadata)
    SELECT CASE m.kind WHEN 'goal' THEN 'goal' ELSE 'task' END || '.created', m.created_by, m.id, m.title, jsonb_strip_nulls(jsonb_build_object('parent', m.parent_task_id, 'key', m.plan_key))
    FROM made m ORDER BY m.id;
    PERFORM pg_notify('agentos', json_build_object('kind', CASE m.kind WHEN 'goal' THEN 'goal' ELSE 'task' END, 'id', m.id, 'state', m.status, 'parent', m.parent_task_id,
        'new', m.workflow_instance_id IS NULL AND (m.kind = 'goal' OR m.repository_id IS NOT NULL))::text) FROM made m;
    RETURN NULL;
END $$;
