-- The six tables of the first design, to the letter. What AgentOS adds is in the files after this one.

-- Agents: The autonomous workers
CREATE TABLE agents (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(100) UNIQUE NOT NULL,
    role VARCHAR(50) NOT NULL, -- 'orchestrator', 'worker', 'reviewer'
    status VARCHAR(20) DEFAULT 'idle', -- 'idle', 'active', 'blocked'
    session_key VARCHAR(100) UNIQUE,
    model VARCHAR(50) NOT NULL, -- 'gpt-4o', 'claude-3-5-sonnet', etc.
    capabilities JSONB DEFAULT '[]',
    last_heartbeat TIMESTAMPTZ,
    created_at TIMESTAMPTZ DEFAULT NOW(),
    updated_at TIMESTAMPTZ DEFAULT NOW()
);

-- Tasks: Units of work
CREATE TABLE tasks (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    title VARCHAR(500) NOT NULL,
    description TEXT,
    status VARCHAR(20) DEFAULT 'inbox', -- 'inbox', 'assigned', 'in_progress', 'review', 'done', 'blocked'
    priority INTEGER DEFAULT 0,
    assignee_id UUID REFERENCES agents(id),
    created_by UUID REFERENCES agents(id),
    parent_task_id UUID REFERENCES tasks(id),
    branch_name VARCHAR(200),
    result TEXT,
    error TEXT,
    created_at TIMESTAMPTZ DEFAULT NOW(),
    updated_at TIMESTAMPTZ DEFAULT NOW(),
    started_at TIMESTAMPTZ,
    completed_at TIMESTAMPTZ
);

-- Messages: Agent communication
CREATE TABLE messages (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    task_id UUID REFERENCES tasks(id),
    from_agent_id UUID REFERENCES agents(id),
    to_agent_id UUID REFERENCES agents(id), -- NULL = broadcast
    content TEXT NOT NULL,
    message_type VARCHAR(50) DEFAULT 'comment', -- 'comment', 'status', 'review', 'question', 'answer'
    read BOOLEAN DEFAULT FALSE,
    created_at TIMESTAMPTZ DEFAULT NOW()
);

-- Activities: Audit log of everything
CREATE TABLE activities (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    event_type VARCHAR(100) NOT NULL,
    agent_id UUID REFERENCES agents(id),
    task_id UUID REFERENCES tasks(id),
    message TEXT,
    metadata JSONB DEFAULT '{}',
    created_at TIMESTAMPTZ DEFAULT NOW()
);

-- Agent Sessions: Track running processes
CREATE TABLE agent_sessions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    agent_id UUID REFERENCES agents(id) NOT NULL,
    pid INTEGER,
    status VARCHAR(20) DEFAULT 'running', -- 'running', 'stopped', 'crashed'
    started_at TIMESTAMPTZ DEFAULT NOW(),
    stopped_at TIMESTAMPTZ,
    logs TEXT
);

-- Schedules: Cron-like heartbeats
CREATE TABLE schedules (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    agent_id UUID REFERENCES agents(id) NOT NULL,
    cron_expression VARCHAR(100) NOT NULL, -- e.g., '*/5 * * * *'
    enabled BOOLEAN DEFAULT TRUE,
    last_run TIMESTAMPTZ,
    next_run TIMESTAMPTZ,
    created_at TIMESTAMPTZ DEFAULT NOW()
);

-- Indexes for performance
CREATE INDEX idx_tasks_status ON tasks(status);
CREATE INDEX idx_tasks_assignee ON tasks(assignee_id);
CREATE INDEX idx_messages_task ON messages(task_id);
CREATE INDEX idx_activities_created ON activities(created_at DESC);
CREATE INDEX idx_schedules_next_run ON schedules(next_run) WHERE enabled = TRUE;
