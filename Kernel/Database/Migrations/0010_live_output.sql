-- What a step says while it runs, for whoever looks at it: a model's words, a command's output. It is not kept. What is worth keeping is in the
-- transcript or in the evidence when the step ends, so the rows may be lost in a crash, and none outlives its step for long.
CREATE UNLOGGED TABLE live_output (
    id UUID PRIMARY KEY,              -- of a session; of a task, whose checks run
    seq INTEGER NOT NULL,             -- the entry of the transcript that it becomes; -1: checks
    text TEXT NOT NULL,               -- the end of it
    left_out BIGINT NOT NULL,         -- characters before that
    revision BIGINT NOT NULL,
    written_at TIMESTAMPTZ NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- The page of a task reads the newest of each first.
CREATE INDEX idx_messages_task_time ON messages(task_id, created_at DESC, id DESC);
CREATE INDEX idx_model_calls_task_time ON model_calls(task_id, started_at DESC, id DESC);
DROP INDEX idx_model_calls_task;
