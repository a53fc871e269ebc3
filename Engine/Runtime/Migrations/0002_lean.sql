-- Whoever is concerned by a fault is told in the transaction that records it. Faults are rare: only they pay for the notification.
create function engine.tell_fault() returns trigger language plpgsql as $$
begin
    perform pg_notify('engine', 'faulted ' || new.id);
    return null;
end $$;
create trigger fault_is_told after insert on engine.workflow_instances for each row when (new.sub_status = 'Faulted') execute function engine.tell_fault();
create trigger later_fault_is_told after update on engine.workflow_instances for each row when (new.sub_status = 'Faulted' and old.sub_status <> 'Faulted') execute function engine.tell_fault();

-- Who runs an instance changes twice with every burst. Without an index on it, and with room in the page, such a change touches no index at all.
drop index engine.instances_owned;
alter table engine.workflow_instances set (fillfactor = 70);
alter table engine.activity_executions set (fillfactor = 85);
