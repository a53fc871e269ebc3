-- The history of a busy year: @tasks tasks below goals of fifty, 95 of 100 done with all that proves it, and @rows rows of the log. The rows are such
-- as the product writes; only the triggers, which would judge each one alone, are off while they are written all at once.

-- step: Preparing
UPDATE schedules SET enabled = FALSE; -- what is open is to stay open
ALTER TABLE tasks DISABLE TRIGGER USER;
ALTER TABLE agent_sessions DISABLE TRIGGER USER;
ALTER TABLE session_entries DISABLE TRIGGER USER;
ALTER TABLE evidence DISABLE TRIGGER USER;
ALTER TABLE merges DISABLE TRIGGER USER;
ALTER TABLE activities DISABLE TRIGGER USER;
-- Indexes of what is in no order of time would be written page by page, all over: they are made when all is there.
CREATE TABLE bench_indexes AS SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made_by FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid WHERE NOT i.indisunique AND t.relnamespace = 'public'::regnamespace AND t.relname IN ('tasks', 'agent_sessions', 'evidence', 'merges', 'activities');
DO $$ DECLARE one RECORD; BEGIN FOR one IN SELECT name FROM bench_indexes LOOP EXECUTE 'DROP INDEX ' || one.name; END LOOP; END $$;
-- And to look up each row's relations alone takes longer than all at the end.
CREATE TABLE bench_relations AS SELECT c.conrelid::regclass::text AS on_table, quote_ident(c.conname) AS name, pg_get_constraintdef(c.oid) AS made_by FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid WHERE c.contype = 'f' AND t.relnamespace = 'public'::regnamespace AND t.relname IN ('tasks', 'agent_sessions', 'session_entries', 'evidence', 'merges', 'activities', 'model_costs');
DO $$ DECLARE one RECORD; BEGIN FOR one IN SELECT * FROM bench_relations LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %s', one.on_table, one.name); END LOOP; END $$;

CREATE FUNCTION bench_at(n BIGINT, total BIGINT) RETURNS TIMESTAMPTZ IMMUTABLE LANGUAGE sql AS $$
    SELECT to_timestamp(@end) - interval '365 days' * (1 - n::float8 / total)
$$;

-- Ids in order of time, as those of the product are.
CREATE FUNCTION bench_id(kind TEXT, n BIGINT, total BIGINT) RETURNS UUID IMMUTABLE LANGUAGE sql AS $$
    SELECT (lpad(to_hex((extract(epoch FROM bench_at(n, total)) * 1000)::bigint), 12, '0') || '7' || substr(md5(kind || n), 1, 3) || '8' || substr(md5(kind || n), 4, 15))::uuid
$$;

CREATE FUNCTION bench_sha(kind TEXT, n BIGINT) RETURNS TEXT IMMUTABLE LANGUAGE sql AS $$ SELECT md5(kind || n) || substr(md5(n || kind), 1, 8) $$;

CREATE FUNCTION bench_status(n BIGINT) RETURNS TEXT IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE WHEN n % 100 > 4 THEN 'done' WHEN n % 100 > 1 THEN 'cancelled'
        ELSE (ARRAY['inbox', 'assigned', 'in_progress', 'review', 'blocked'])[1 + (n / 100) % 5] END
$$;

-- step: Goals
INSERT INTO tasks (id, title, description, kind, status, repository_id, result, created_at, updated_at, started_at, completed_at)
SELECT bench_id('goal', n, @goals), 'Goal ' || n || ': customers see prices with tax', 'What the shop needs next.', 'goal', CASE WHEN n > @goals - 20 THEN 'in_progress' ELSE 'done' END,
    (SELECT id FROM repositories), CASE WHEN n > @goals - 20 THEN NULL ELSE 'Done as asked.' END, at, at, at, CASE WHEN n > @goals - 20 THEN NULL ELSE at + interval '2 hours' END
FROM (SELECT n, bench_at(n, @goals) AS at FROM generate_series(1::bigint, @goals) n) g;

-- step: Tasks
INSERT INTO tasks (id, title, description, status, priority, assignee_id, parent_task_id, depth, repository_id, branch_name, base_sha, head_sha, merged_sha, error, created_at, updated_at, started_at, completed_at)
SELECT bench_id('task', n, @tasks), (ARRAY['Show', 'Hide', 'Move', 'Test', 'Rename', 'Speed up', 'Document', 'Repair'])[1 + n % 8] || ' the ' || (ARRAY['basket', 'receipt', 'login', 'search', 'export', 'invoice'])[1 + n % 6] || ' of shop ' || n,
    'The page shows it, and a test says so.', status, n % 3, CASE WHEN status = 'inbox' THEN NULL ELSE agent END, bench_id('goal', goal, @goals), 1, (SELECT id FROM repositories),
    CASE WHEN status IN ('inbox', 'assigned') THEN NULL ELSE 'agentos/task-' || n END,
    CASE WHEN status IN ('inbox', 'assigned') THEN NULL ELSE bench_sha('base', n) END, CASE WHEN status IN ('review', 'done') THEN bench_sha('head', n) END, CASE WHEN status = 'done' THEN bench_sha('merge', n) END,
    CASE WHEN status = 'blocked' THEN 'The checks failed three times: npm test, exit code 1.' END,
    at, at, CASE WHEN status IN ('inbox', 'assigned') THEN NULL ELSE at + interval '1 minute' END, CASE WHEN status IN ('done', 'cancelled') THEN at + interval '20 minutes' END
FROM (
    SELECT n, bench_at(n, @tasks) AS at, bench_status(n) AS status, 1 + (n - 1) * @goals / @tasks AS goal, w.ids[1 + n % cardinality(w.ids)] AS agent
    FROM generate_series(1::bigint, @tasks) n, (SELECT array_agg(id ORDER BY name) AS ids FROM agents WHERE role = 'worker') w
) t;

-- step: Sessions
INSERT INTO agent_sessions (id, agent_id, task_id, status, model, outcome, entry_count, started_at, stopped_at)
SELECT bench_id('session', n, @tasks), w.ids[1 + n % cardinality(w.ids)], bench_id('task', n, @tasks), 'stopped', 'demo/model', 'finished', CASE WHEN n % 100 = 50 THEN 41 ELSE 0 END,
    bench_at(n, @tasks) + interval '1 minute', bench_at(n, @tasks) + interval '9 minutes'
FROM generate_series(1::bigint, @tasks) n, (SELECT array_agg(id ORDER BY name) AS ids FROM agents WHERE role = 'worker') w WHERE bench_status(n) IN ('done', 'review');

-- step: Transcripts
INSERT INTO session_entries (session_id, seq, kind, content, created_at)
SELECT bench_id('session', n, @tasks), seq,
    CASE WHEN seq = 0 THEN 'user' WHEN seq % 2 = 1 THEN 'assistant' ELSE 'tool' END,
    CASE WHEN seq = 0 THEN jsonb_build_object('text', 'Do the task.')
        WHEN seq % 2 = 1 THEN jsonb_build_object('model', 'demo/model', 'text', 'I look at it next.', 'toolCalls', jsonb_build_array(jsonb_build_object('id', 'c' || seq, 'name', 'read_file', 'arguments', '{"path":"src/basket.js"}')))
        ELSE jsonb_build_object('tool', 'read_file', 'callId', 'c' || (seq - 1), 'text', repeat('export const price = basket => basket.sum * 1.19;' || E'\n', 40)) END,
    bench_at(n, @tasks) + interval '1 minute' + seq * interval '10 seconds'
FROM generate_series(50::bigint, @tasks, 100) n, generate_series(0, 40) seq;

-- step: Evidence
INSERT INTO evidence (id, task_id, kind, commit_sha, tree_sha, passed, exit_code, command, log, log_sha256, model, feedback, created_at)
SELECT bench_id(kind, n, @tasks), bench_id('task', n, @tasks), kind, bench_sha(CASE kind WHEN 'verdict' THEN 'head' ELSE 'merge' END, n), bench_sha('tree', n), TRUE, 0, CASE kind WHEN 'verdict' THEN NULL ELSE 'npm test' END,
    log, encode(sha256(convert_to(log, 'UTF8')), 'hex'), CASE kind WHEN 'verdict' THEN 'demo/judge' END, CASE kind WHEN 'verdict' THEN 'It does what was asked.' END, bench_at(n, @tasks) + interval '15 minutes'
FROM generate_series(1::bigint, @tasks) n, (VALUES ('verdict', ''), ('merge-test', E'> test\n> node --test\n\nok 1 - basket\nok 2 - receipt\n# pass 2\n')) e(kind, log) WHERE bench_status(n) = 'done';

-- step: Merges
INSERT INTO merges (id, task_id, repository_id, head_sha, state, base_sha, tree_sha, result_sha, merge_sha, evidence_id, landed_sha, landed_tree_sha, created_at, updated_at, landed_at)
SELECT bench_id('merge', n, @tasks), bench_id('task', n, @tasks), (SELECT id FROM repositories), bench_sha('head', n), 'landed', bench_sha('base', n), bench_sha('tree', n), bench_sha('merge', n), bench_sha('merge', n),
    bench_id('merge-test', n, @tasks), bench_sha('merge', n), bench_sha('tree', n), at, at, at
FROM (SELECT n, bench_at(n, @tasks) + interval '20 minutes' AS at FROM generate_series(1::bigint, @tasks) n WHERE bench_status(n) = 'done') m;

-- step: Costs
INSERT INTO model_costs (day, provider, model, agent_id, repository_id, goal_id, calls, input_tokens, cached_input_tokens, output_tokens, cost_usd)
SELECT bench_at(n, @goals)::date, 'demo', 'model-' || m, w.ids[1 + n % cardinality(w.ids)], (SELECT id FROM repositories), bench_id('goal', n, @goals), 100 * m, 500000 * m, 200000 * m, 40000 * m, 0.25 * m
FROM generate_series(1::bigint, @goals) n, generate_series(1, 3) m, (SELECT array_agg(id ORDER BY name) AS ids FROM agents) w;

-- step: Log (in parts)
INSERT INTO activities (event_type, agent_id, task_id, message, metadata, created_at)
SELECT type, CASE WHEN k % 10 IN (1, 2, 3, 4, 5, 6) THEN w.ids[1 + n % cardinality(w.ids)] END, bench_id('task', n, @tasks), 'Shop ' || n || ': ' || said, '{"attempt": 1}', bench_at(k, @rows)
FROM (
    SELECT k, 1 + (k - 1) * @tasks / @rows AS n,
        (ARRAY['task.created', 'task.assigned', 'task.started', 'session.started', 'tool.called', 'session.ended', 'checks.passed', 'review.approved', 'merge.landed', 'task.done'])[1 + k % 10] AS type,
        (ARRAY['planned', 'given to a coder', 'begun', 'the coder talks to its model', 'read the file src/basket.js', 'the coder says that it is done', 'npm test passed', 'the judge agrees', 'merged into main', 'done'])[1 + k % 10] AS said
    FROM generate_series(@from, @to) k
) l, (SELECT array_agg(id ORDER BY name) AS ids FROM agents WHERE role = 'worker') w;

-- step: Indexes
DO $$ DECLARE one RECORD; BEGIN PERFORM set_config('maintenance_work_mem', '512MB', TRUE); FOR one IN SELECT made_by FROM bench_indexes LOOP EXECUTE one.made_by; END LOOP; END $$;
DROP TABLE bench_indexes;

-- step: Relations
DO $$ DECLARE one RECORD; BEGIN PERFORM set_config('work_mem', '256MB', TRUE); FOR one IN SELECT * FROM bench_relations LOOP EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %s %s', one.on_table, one.name, one.made_by); END LOOP; END $$;
DROP TABLE bench_relations;

-- step: Statistics
ALTER TABLE tasks ENABLE TRIGGER USER;
ALTER TABLE agent_sessions ENABLE TRIGGER USER;
ALTER TABLE session_entries ENABLE TRIGGER USER;
ALTER TABLE evidence ENABLE TRIGGER USER;
ALTER TABLE merges ENABLE TRIGGER USER;
ALTER TABLE activities ENABLE TRIGGER USER;
VACUUM (ANALYZE) tasks;
VACUUM (ANALYZE) agent_sessions;
VACUUM (ANALYZE) session_entries;
VACUUM (ANALYZE) evidence;
VACUUM (ANALYZE) merges;
VACUUM (ANALYZE) activities;
VACUUM (ANALYZE) model_costs
