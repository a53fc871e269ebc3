-- As before, and: a landing that something in the checkout holds up steps back, so that its tasks can be stopped and cancelled while it waits.
CREATE OR REPLACE FUNCTION merges_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
        WHEN 'landing' THEN NEW.state IN ('queued', 'testing', 'landed', 'failed')
        ELSE FALSE
    END) THEN
        RAISE EXCEPTION 'merge % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'AO001';
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END $$;
