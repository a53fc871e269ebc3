namespace Elsa.Scheduling.Bookmarks;

public record DelayPayload(DateTimeOffset ResumeAt);

public record StartAtPayload(DateTimeOffset ExecuteAt);

public record TimerBookmarkPayload(DateTimeOffset ResumeAt);

public record TimerTriggerPayload(DateTimeOffset StartAt, TimeSpan Interval);

public record CronBookmarkPayload(DateTimeOffset ExecuteAt, string CronExpression);

public record CronTriggerPayload(string CronExpression);
