using AgentOS.Engine.Runtime.Definitions;
using Elsa.Scheduling.Bookmarks;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Runtime.Timers;

/// <summary>What time resumes or starts, known by its payload.</summary>
internal static class TimedBookmarks
{
    /// <summary>When the bookmark is due, UTC; null for one that waits for something else.</summary>
    public static DateTime? DueAt(Bookmark bookmark) => bookmark.Payload switch
    {
        DelayPayload delay => delay.ResumeAt.UtcDateTime,
        TimerBookmarkPayload timer => timer.ResumeAt.UtcDateTime,
        CronBookmarkPayload cron => cron.ExecuteAt.UtcDateTime,
        StartAtPayload start => start.ExecuteAt.UtcDateTime,
        _ => null
    };

    /// <summary>The timer of a trigger; null for one that waits for something else.</summary>
    public static TriggerTimer? TimerOf(object trigger, DateTime now) => trigger switch
    {
        StartAtPayload start => new("once", null, start.ExecuteAt.UtcDateTime),
        TimerTriggerPayload timer => new("interval", System.Xml.XmlConvert.ToString(timer.Interval), timer.StartAt.UtcDateTime),
        CronTriggerPayload cron => new("cron", cron.CronExpression, Schedule.NextCron(cron.CronExpression, now)),
        _ => null
    };
}
