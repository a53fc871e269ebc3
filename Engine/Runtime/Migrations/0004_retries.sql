-- Whether an execution, or one inside it, had to try again. It is asked for with every badge that is drawn, so it is not looked for in the details.
alter table engine.activity_executions add column has_retries boolean not null default false;
