-- What went wrong with a model last is found among any number of calls that went well.
CREATE INDEX idx_model_calls_failed ON model_calls(provider, model, ended_at DESC) WHERE outcome = 'failed';
