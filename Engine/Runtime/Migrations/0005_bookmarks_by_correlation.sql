-- Many may wait for the same event: which of them an event is meant for is found without looking at all of them.
create index bookmarks_by_hash_and_correlation on engine.bookmarks (hash, correlation_id);
create index bookmarks_by_instance_and_hash on engine.bookmarks (instance_id, hash);
drop index engine.bookmarks_by_hash;
drop index engine.bookmarks_by_instance;
