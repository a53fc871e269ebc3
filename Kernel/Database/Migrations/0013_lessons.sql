-- Sessions ask for the newest lessons of their repository, people for the newest of all; what was retired is seldom looked at.
CREATE INDEX idx_lessons_newest ON lessons(created_at DESC, id DESC);
CREATE INDEX idx_lessons_repository ON lessons(repository_id, created_at DESC, id DESC) WHERE NOT retired;
ALTER TABLE lessons ADD COLUMN changed_at TIMESTAMPTZ; -- by a person
