-- Instances that were started together are resumed together: only with room for a second copy of each does a claim stay in its page, and touch no index.
alter table engine.workflow_instances set (fillfactor = 50);
