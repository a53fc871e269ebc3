-- PostgreSQL reads each check anew for each statement that writes to its table: one that says all costs less than several.
do $$
declare one record;
begin
    for one in select conrelid::regclass as of_table, conname from pg_constraint
        where contype = 'c' and conrelid in ('engine.workflow_instances'::regclass, 'engine.work'::regclass)
    loop
        execute format('alter table %s drop constraint %I', one.of_table, one.conname);
    end loop;
end $$;

alter table engine.workflow_instances add constraint workflow_instances_check check (
    case status
        when 'Running' then sub_status in ('Pending', 'Executing', 'Suspended', 'Interrupted') and finished_at is null
        when 'Finished' then sub_status in ('Finished', 'Cancelled', 'Faulted') and finished_at is not null and owner is null
        else false
    end and incident_count >= 0 and epoch > 0);

alter table engine.work add constraint work_check check (
    case kind when 'start' then definition_version_id is not null when 'resume' then bookmark_id is not null else kind in ('continue', 'cancel') end);
