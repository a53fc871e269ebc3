using Elsa.Workflows.Models;

namespace AgentOS.Engine.Runtime.Timers;

/// <summary>Bookmarks that time resumes, known by their payload: it says when.</summary>
internal static class TimedBookmarks
{
    /// <summary>When the bookmark is due, UTC; null for one that waits for something else.</summary>
    public static DateTime? DueAt(Bookmark bookmark) => bookmark.Payload switch
    {
        _ => null
    };
}
