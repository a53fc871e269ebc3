-- What a person chose for a goal holds for everything below it: how many workers are at it at once, and which model a role has.
ALTER TABLE tasks
    ADD COLUMN workers INTEGER CHECK (workers BETWEEN 1 AND 1000),
    ADD COLUMN models JSONB NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(models) = 'object'),
    ADD COLUMN limited_by UUID; -- the goal whose number of workers holds here: itself, or the nearest above that has one

-- Triggers run in the order of their names: after tasks_begin, which has locked the goal.
CREATE FUNCTION tasks_inherit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_task_id IS NOT NULL THEN
        SELECT p.models || NEW.models, p.limited_by INTO NEW.models, NEW.limited_by FROM tasks p WHERE p.id = NEW.parent_task_id;
    END IF;
    IF NEW.workers IS NOT NULL THEN NEW.limited_by := NEW.id; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tasks_inherit BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION tasks_inherit();

-- How many more workers may be at a goal that has a limit.
CREATE FUNCTION goal_room(goal UUID) RETURNS BIGINT STABLE LANGUAGE sql AS $$
    SELECT g.workers - (SELECT count(*) FROM agents a JOIN tasks o ON o.id = a.current_task_id WHERE o.limited_by = goal) FROM tasks g WHERE g.id = goal
$$;
