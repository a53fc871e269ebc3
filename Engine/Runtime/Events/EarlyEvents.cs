namespace AgentOS.Engine.Runtime.Events;

/// <summary>Events that were sent before anybody waited for them.</summary>
internal static class EarlyEvents
{
    /// <summary>
    /// Gives kept events to the bookmarks that <paramref name="bookmarks"/> selects (alias b), from those that <paramref name="events"/> selects (alias q): each bookmark the oldest that fits, each event once.
    /// The event leaves the queue in the statement that asks for the resumption.
    /// </summary>
    public static string TakeSql(string bookmarks = "true", string events = "true") => $"""
        with fits as (
            select distinct on (b.id) q.id as event, b.id as bookmark, b.instance_id
            from engine.bookmarks b join engine.bookmark_queue q on q.hash = b.hash and q.expires_at > now()
                and (q.instance_id is null or q.instance_id = b.instance_id)
                and (q.correlation_id is null or q.correlation_id = b.correlation_id)
                and (q.execution_id is null or q.execution_id = b.execution_id)
            where {bookmarks} and {events} order by b.id, q.id),
        chosen as (select distinct on (event) event, bookmark, instance_id from fits order by event, bookmark),
        taken as (delete from engine.bookmark_queue q using chosen c where q.id = c.event and q.id = any(array(select event from chosen)) returning q.id, q.hash, q.input, c.bookmark, c.instance_id)
        insert into engine.work (kind, instance_id, bookmark_id, hash, request)
        select 'resume', instance_id, bookmark, hash, json_build_object('input', input) from taken order by id
        """;
}
