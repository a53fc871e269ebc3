using System.Globalization;
using AgentOS.Kernel.Goals;

namespace AgentOS.Studio.Goals;

/// <summary>A session over time. Lengths are per cent of the whole.</summary>
internal sealed record TimelineBar(GoalSession Session, double Left, double Width);

/// <summary>One agent's sessions; those at the same time stand in rows below each other.</summary>
internal sealed record TimelineLane(string Agent, IReadOnlyList<IReadOnlyList<TimelineBar>> Rows);

internal sealed record TimelineMark(GoalMerge Merge, double Left);

internal sealed record TimelineTick(string Text, double Left);

/// <summary>Who did what when.</summary>
internal sealed record TimelineLanes(IReadOnlyList<TimelineLane> Lanes, IReadOnlyList<TimelineMark> Merges, IReadOnlyList<TimelineTick> Ticks)
{
    private const int MostTicks = 7;

    /// <summary>What the shortest bar takes on a phone, so that a finger hits it: what would come nearer stands in another row.</summary>
    private const double Nearest = 0.08;

    private static readonly TimeSpan[] Steps =
    [
        .. new[] { 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200 }.Select(seconds => TimeSpan.FromSeconds(seconds)),
        .. new[] { 1, 2, 7, 14, 30, 90, 365, 3650 }.Select(days => TimeSpan.FromDays(days)),
    ];

    public static TimelineLanes Of(GoalPage page)
    {
        if (page.Sessions.Count == 0) return new([], [], []);
        var start = page.Sessions[0].StartedAt;
        var end = page.Sessions.Any(session => session.IsRunning) ? page.At : page.Sessions.Max(session => session.StoppedAt ?? session.StartedAt);
        if (page.Merges.Count > 0 && page.Merges[^1].LandedAt > end) end = page.Merges[^1].LandedAt;
        var whole = TimeSpan.FromTicks(Math.Max((end - start).Ticks, TimeSpan.TicksPerSecond));
        return new(
            [.. page.Sessions.GroupBy(session => session.AgentName).Select(agent => new TimelineLane(agent.Key, Rows(agent)))],
            [.. page.Merges.Select(merge => new TimelineMark(merge, Share(merge.LandedAt - start)))],
            [.. Steady(whole).Select(tick => new TimelineTick(tick == TimeSpan.Zero ? "0" : "+" + Length(tick), Share(tick)))]);

        double Share(TimeSpan time) => Math.Round(Math.Clamp(100.0 * time.Ticks / whole.Ticks, 0, 100), 3);

        IReadOnlyList<IReadOnlyList<TimelineBar>> Rows(IEnumerable<GoalSession> sessions)
        {
            List<(List<TimelineBar> Bars, DateTimeOffset Until)> rows = [];
            foreach (var session in sessions)
            {
                var until = session.StoppedAt ?? end;
                var room = session.StartedAt + whole * Nearest;
                var bar = new TimelineBar(session, Share(session.StartedAt - start), Share(until - session.StartedAt));
                var free = rows.FindIndex(row => row.Until <= session.StartedAt);
                if (free < 0) rows.Add(([bar], until > room ? until : room));
                else
                {
                    rows[free].Bars.Add(bar);
                    rows[free] = (rows[free].Bars, until > room ? until : room);
                }
            }

            return [.. rows.Select(row => row.Bars)];
        }
    }

    private static IEnumerable<TimeSpan> Steady(TimeSpan whole)
    {
        var step = Array.Find(Steps, step => whole / step <= MostTicks);
        for (var tick = TimeSpan.Zero; step > TimeSpan.Zero && tick < whole; tick += step) yield return tick;
    }

    /// <summary>A length of time as people say it.</summary>
    public static string Length(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(time.TotalSeconds):0} s"),
        { TotalMinutes: < 60, Seconds: 0 } => $"{time.Minutes} min",
        { TotalMinutes: < 60 } => $"{time.Minutes} min {time.Seconds} s",
        { TotalHours: < 48 } => $"{(int)time.TotalHours} h{(time.Minutes > 0 ? $" {time.Minutes} min" : "")}",
        _ => $"{(int)time.TotalDays} d",
    };
}
