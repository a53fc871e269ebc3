-- A new task is logged and told whoever inserts it, also with SQL alone: work on it begins at once.
CREATE FUNCTION tasks_are_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO activities (event_type, agent_id, task_id, message, metadata)
    SELECT CASE m.kind WHEN 'goal' THEN 'goal' ELSE 'task' END || '.created', m.created_by, m.id, m.title, jsonb_strip_nulls(jsonb_build_object('parent', m.parent_task_id, 'key', m.plan_key))
    FROM made m ORDER BY m.id;
    PERFORM pg_notify('agentos', json_build_object('kind', CASE m.kind WHEN 'goal' THEN 'goal' ELSE 'task' END, 'id', m.id, 'state', m.status, 'parent', m.parent_task_id)::text) FROM made m;
    RETURN NULL;
END $$;
CREATE TRIGGER tasks_are_told AFTER INSERT ON tasks REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION tasks_are_told();
