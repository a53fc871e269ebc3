-- The engine's truth. JSON that only the engine reads is `json`: what was written comes back byte for byte, and it may hold \u0000.

create table engine.nodes (
    id          text primary key,
    name        text not null,
    lock_key    bigint not null unique,         -- an advisory lock held by the node's own connection: free means dead
    started_at  timestamptz not null default now(),
    alive_until timestamptz not null
);

create table engine.workflow_definitions (
    id            text primary key,             -- of the version
    definition_id text not null,
    version       int  not null check (version > 0),
    name          text,
    description   text,
    is_latest     boolean not null,
    is_published  boolean not null,
    is_readonly   boolean not null default false,
    is_system     boolean not null default false,
    usable_as_activity boolean,
    model         json not null,                -- the definition as the API shows it, without what the columns hold
    source_hash   text,                         -- of the file that this version was read from; null when a person made it
    created_at    timestamptz not null default now(),
    unique (definition_id, version)
);
create unique index one_latest_version    on engine.workflow_definitions (definition_id) where is_latest;
create unique index one_published_version on engine.workflow_definitions (definition_id) where is_published;

-- Bumped by every change to a definition, so that nodes know when what they hold compiled is old.
create table engine.definition_changes (one boolean primary key default true check (one), counter bigint not null);
insert into engine.definition_changes (counter) values (1);

create table engine.triggers (
    id                    text primary key,
    definition_id         text not null,
    definition_version_id text not null references engine.workflow_definitions on delete cascade,
    activity_id           text not null,
    name                  text not null,        -- of the stimulus: Elsa.Event, Elsa.HttpEndpoint, …
    hash                  text not null,
    payload               json not null
);
create index triggers_by_hash on engine.triggers (hash);
create index triggers_by_version on engine.triggers (definition_version_id);

create table engine.workflow_instances (
    id                    text primary key,
    definition_id         text not null,
    definition_version_id text not null,
    version               int  not null,
    status                text not null check (status in ('Running', 'Finished')),
    sub_status            text not null check (sub_status in ('Pending', 'Executing', 'Suspended', 'Finished', 'Cancelled', 'Faulted', 'Interrupted')),
    correlation_id        text,
    name                  text,
    parent_id             text,
    incident_count        int not null default 0 check (incident_count >= 0),
    is_system             boolean not null default false,
    activation_key        text,                 -- what must be unique among the running ones, by the definition's activation strategy
    created_at            timestamptz not null,
    updated_at            timestamptz not null,
    finished_at           timestamptz,
    owner                 text,                 -- the node that runs it now
    epoch                 bigint not null default 1 check (epoch > 0),   -- raised by every claim; a commit names the one it was given
    takeovers             int not null default 0,                        -- claims from dead nodes since the last commit
    state                 json not null,
    check ((status = 'Finished') = (sub_status in ('Finished', 'Cancelled', 'Faulted'))),
    check ((status = 'Finished') = (finished_at is not null)),
    check (status = 'Running' or owner is null)
);
create index instances_by_time        on engine.workflow_instances (created_at);
create index instances_by_definition  on engine.workflow_instances (definition_id, created_at);
create index instances_by_correlation on engine.workflow_instances (correlation_id) where correlation_id is not null;
create index instances_by_parent      on engine.workflow_instances (parent_id) where parent_id is not null;
create index instances_running        on engine.workflow_instances (created_at) where status = 'Running';
create index instances_owned          on engine.workflow_instances (owner) where owner is not null;
create index instances_with_incidents on engine.workflow_instances (created_at) where incident_count > 0;
create unique index one_activation    on engine.workflow_instances (activation_key) where status = 'Running' and activation_key is not null;

create table engine.activity_executions (
    id                 text not null,
    instance_id        text not null,
    parent_id          text,
    activity_id        text not null,
    node_id            text not null,
    activity_type      text not null,
    activity_version   int  not null,
    activity_name      text,
    status             text not null check (status in ('Pending', 'Running', 'Completed', 'Canceled', 'Faulted')),
    started_at         timestamptz not null,
    completed_at       timestamptz,
    has_bookmarks      boolean not null default false,
    fault_count        int not null default 0,
    scheduled_by       text,                    -- activity execution
    scheduled_by_activity text,
    scheduled_by_instance text,
    call_stack_depth   int,
    detail             json not null,           -- activityState, payload, outputs, properties, metadata, exception, as the API shows them
    primary key (instance_id, id)
);
create index executions_by_id on engine.activity_executions (id);

-- What an entry says about its activity is in the activity's execution row.
create table engine.journal (
    instance_id  text not null,
    sequence     bigint not null,
    execution_id text not null,
    event_name   text not null,
    at           timestamptz not null,
    detail       json,                          -- message, source, activityState, payload
    primary key (instance_id, sequence)
);

create table engine.bookmarks (
    id             text primary key,
    instance_id    text not null references engine.workflow_instances on delete cascade,
    execution_id   text not null,
    activity_id    text not null,
    node_id        text not null,
    name           text not null,
    hash           text not null,
    correlation_id text,
    payload        json,
    metadata       json,
    created_at     timestamptz not null default now()
);
create index bookmarks_by_hash on engine.bookmarks (hash);
create index bookmarks_by_instance on engine.bookmarks (instance_id);
create index bookmarks_by_name on engine.bookmarks (name, created_at);

-- Events that nobody waited for yet. A listener that appears before `expires_at` gets them.
create table engine.bookmark_queue (
    id             bigint generated always as identity primary key,
    name           text not null,
    hash           text not null,
    instance_id    text,
    correlation_id text,
    execution_id   text,
    input          json,
    created_at     timestamptz not null default now(),
    expires_at     timestamptz not null
);
create index bookmark_queue_by_hash on engine.bookmark_queue (hash);
create index bookmark_queue_by_expiry on engine.bookmark_queue (expires_at);

create table engine.work (
    id                    bigint generated always as identity primary key,
    kind                  text not null check (kind in ('start', 'resume', 'continue', 'cancel')),
    instance_id           text not null,
    definition_version_id text,
    bookmark_id           text,
    hash                  text,                 -- of the stimulus that a resumption came from, to keep it when the bookmark is gone
    correlation_id        text,
    parent_id             text,
    request               json,
    available_at          timestamptz not null default now(),
    attempts              int not null default 0,
    owner                 text,
    created_at            timestamptz not null default now(),
    check (kind <> 'start' or definition_version_id is not null),
    check (kind <> 'resume' or bookmark_id is not null)
);
create unique index one_start on engine.work (instance_id) where kind = 'start';
create index work_by_instance on engine.work (instance_id);
create index work_ready on engine.work (id) where owner is null;
create index work_owned on engine.work (owner) where owner is not null;

create table engine.timers (
    id                    text primary key,     -- the bookmark's or the trigger's
    due_at                timestamptz not null,
    kind                  text not null check (kind in ('once', 'interval', 'cron')),
    schedule              text,                 -- cron expression or ISO interval
    instance_id           text references engine.workflow_instances on delete cascade,
    bookmark_id           text references engine.bookmarks on delete cascade,
    trigger_id            text references engine.triggers on delete cascade,
    fired                 bigint not null default 0,
    check ((bookmark_id is null) <> (trigger_id is null)),
    check ((bookmark_id is null) = (instance_id is null)),
    check ((kind = 'once') = (schedule is null))
);
create index timers_due on engine.timers (due_at);
create index timers_by_bookmark on engine.timers (bookmark_id) where bookmark_id is not null;
create index timers_by_trigger on engine.timers (trigger_id) where trigger_id is not null;

-- Fencing: a commit names what it expects to have changed; anything else undoes the whole transaction.
create function engine.expect(what text, expected bigint, actual bigint) returns void language plpgsql as $$
begin
    if expected <> actual then
        raise exception 'expected % %, found %', expected, what, actual using errcode = 'EN001';
    end if;
end $$;

create function engine.new_id() returns text language sql volatile as $$
    select substr(replace(gen_random_uuid()::text, '-', ''), 1, 12) || substr(md5(random()::text), 1, 4)
$$;
