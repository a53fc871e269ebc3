-- People ask for what has faulted last, among any number that ended well.
create index instances_faulted on engine.workflow_instances (updated_at) where sub_status = 'Faulted';
