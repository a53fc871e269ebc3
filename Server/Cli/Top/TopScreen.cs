using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Server.Cli.Top;

internal enum TopStyle { Plain, Title, FocusedTitle, Selected, Dim, Good, Warning, Bad }

/// <summary>A piece of a line.</summary>
internal readonly record struct TopSpan(string Text, TopStyle Style);

/// <summary>The screen as lines of exactly its width. Pure.</summary>
internal static class TopScreen
{
    public const int LeastWidth = 40;
    public const int LeastHeight = 10;
    private const int WideEnough = 120;

    /// <returns><paramref name="height"/> lines, each <paramref name="width"/> columns.</returns>
    public static IReadOnlyList<TopSpan[]> Render(TopState state, int width, int height, DateTimeOffset now)
    {
        if (width < LeastWidth || height < LeastHeight) return Fill([Line($"Make the window larger: {LeastWidth}x{LeastHeight} at least.", width)], width, height);
        List<TopSpan[]> lines = [Header(state, width), Counts(state, width)];
        var rest = height - 3;
        if (state.Detail is { } detail) lines.AddRange(Detail(detail, width, rest));
        else if (width >= WideEnough)
        {
            var feed = rest / 2;
            var left = width * 3 / 5;
            lines.AddRange(Board(state, left, rest - feed, now).Zip(Agents(state, width - left, rest - feed, now), (one, other) => (TopSpan[])[.. one, .. other]));
            lines.AddRange(Feed(state, width, feed));
        }
        else
        {
            var agents = Math.Clamp(state.ShownAgents.Count + 1, 2, rest / 3);
            var feed = (rest - agents) / 2;
            lines.AddRange(Board(state, width, rest - agents - feed, now));
            lines.AddRange(Agents(state, width, agents, now));
            lines.AddRange(Feed(state, width, feed));
        }

        return [.. Fill(lines, width, height - 1), Footer(state, width)];
    }

    private static TopSpan[] Header(TopState state, int width)
    {
        var right = state.Problem is { } problem ? problem : state.Questions > 0 ? $"{state.Questions} question{(state.Questions == 1 ? "" : "s")} for you: agentos task questions" : "live";
        var style = state.Problem is not null ? TopStyle.Bad : state.Questions > 0 ? TopStyle.Warning : TopStyle.Good;
        return Row(width, ("AgentOS ", 8, TopStyle.Title), (right, width - 8, style));
    }

    private static TopSpan[] Counts(TopState state, int width) => Line(string.Join("  ", new[]
        {
            TaskState.Inbox, TaskState.Assigned, TaskState.InProgress, TaskState.Review, TaskState.Blocked, TaskState.Done,
        }.Select(status => $"{status.Word().Replace('_', ' ')} {state.Tasks.Count(task => task.Status == status)}")), width);

    private static List<TopSpan[]> Board(TopState state, int width, int height, DateTimeOffset now)
    {
        const int status = 12, agent = 13, attempt = 4, age = 7, cost = 9;
        var title = Math.Max(10, width - status - agent - attempt - age - cost - 1);
        return Pane(state, TopPane.Board, "Board", state.ShownTasks, width, height, task =>
        [
            ($" {task.Status.Word().Replace('_', ' ')}", status, Style(task.Status)), (task.Kind == TaskKind.Goal ? $"◆ {task.Title}" : task.Title, title, TopStyle.Plain),
            ($" {state.NameOf(task.AssigneeId)}", agent, TopStyle.Dim), ($"{task.Attempt}/{task.MaxAttempts}", attempt, TopStyle.Dim), (Age(task.UpdatedAt, now), age, TopStyle.Dim), (Output.Money(task.SpentUsd), cost, TopStyle.Dim),
        ]);
    }

    private static List<TopSpan[]> Agents(TopState state, int width, int height, DateTimeOffset now) => Pane(state, TopPane.Agents, "Agents", state.ShownAgents, width, height, agent =>
    [
        ($" {agent.Name}", 14, TopStyle.Plain), (agent.Paused ? "paused" : agent.Status.Word(), 8, agent.Paused ? TopStyle.Warning : agent.Task is null ? TopStyle.Dim : TopStyle.Good),
        (agent.LastHeartbeat is { } seen ? Age(seen, now) : "never", 7, TopStyle.Dim), (agent.Task ?? "", Math.Max(1, width - 29), TopStyle.Plain),
    ]);

    private static List<TopSpan[]> Feed(TopState state, int width, int height) => Pane(state, TopPane.Feed, "Feed", state.ShownFeed, width, height, entry =>
    [
        ($" {entry.CreatedAt.ToLocalTime():HH:mm:ss}", 10, TopStyle.Dim), (entry.AgentName ?? "", 14, TopStyle.Dim), (entry.Message ?? entry.EventType, Math.Max(1, width - 24), Style(entry.EventType)),
    ]);

    private static List<TopSpan[]> Pane<T>(TopState state, TopPane pane, string name, IReadOnlyList<T> rows, int width, int height, Func<T, (string, int, TopStyle)[]> columns)
    {
        if (height <= 0) return [];
        var focused = state.Focus == pane;
        var selected = Math.Clamp(state.Selected.Of(pane), 0, Math.Max(0, rows.Count - 1));
        var most = height - 1;
        var first = Math.Clamp(selected - most + 1, 0, Math.Max(0, rows.Count - most));
        var title = $" {name} {(rows.Count == 0 ? "(none)" : $"{selected + 1}/{rows.Count}")}{(state.Filter.Length > 0 ? $"  filter: {state.Filter}" : "")}";
        List<TopSpan[]> lines = [Row(width, (title, width, focused ? TopStyle.FocusedTitle : TopStyle.Title))];
        for (var i = first; i < rows.Count && lines.Count < height; i++)
            lines.Add(focused && i == selected ? Row(width, [.. columns(rows[i]).Select(column => (column.Item1, column.Item2, TopStyle.Selected))]) : Row(width, columns(rows[i])));
        return Fill(lines, width, height);
    }

    private static List<TopSpan[]> Detail(TopDetail detail, int width, int height) =>
        Fill([Row(width, ($" {detail.Title}", width, TopStyle.FocusedTitle)), .. detail.Lines.SelectMany(line => Wrap(line, width - 1)).Skip(detail.Top).Take(height - 1).Select(line => Line($" {line}", width))], width, height);

    private static TopSpan[] Footer(TopState state, int width) => Row(width, (state switch
    {
        { IsTyping: true } => $"filter: {state.Filter}_   enter keeps it, esc clears it",
        { Detail: not null } => "↑↓ scroll  esc back  q quit",
        _ => "↑↓ move  tab pane  enter show  f filter  q quit",
    }, width, state.IsTyping ? TopStyle.Selected : TopStyle.Dim));

    private static List<TopSpan[]> Fill(List<TopSpan[]> lines, int width, int height) =>
        [.. lines.Take(height), .. Enumerable.Repeat((TopSpan[])[new(new(' ', width), TopStyle.Plain)], Math.Max(0, height - lines.Count))];

    private static TopSpan[] Line(string text, int width) => Row(width, (text, width, TopStyle.Plain));

    // Cut or filled to its width; a column that does not fit any more is left out.
    private static TopSpan[] Row(int width, params (string Text, int Width, TopStyle Style)[] columns)
    {
        var spans = new List<TopSpan>();
        foreach (var (text, wanted, style) in columns)
        {
            var room = Math.Min(wanted, width - spans.Sum(span => TopText.Width(span.Text)));
            if (room > 0) spans.Add(new(TopText.Fit(text, room), style));
        }

        if (width - spans.Sum(span => TopText.Width(span.Text)) is > 0 and var left) spans.Add(new(new(' ', left), TopStyle.Plain));
        return [.. spans];
    }

    private static IEnumerable<string> Wrap(string line, int width)
    {
        if (line.Length == 0) yield return "";
        for (var rest = line; rest.Length > 0;)
        {
            var part = TopText.Cut(rest, Math.Max(1, width));
            if (part.Length == 0) yield break;
            yield return part;
            rest = rest[part.Length..];
        }
    }

    private static string Age(DateTimeOffset since, DateTimeOffset now) => (now - since) switch
    {
        { TotalSeconds: < 60 } past => $"{Math.Max(0, past.TotalSeconds):0}s",
        { TotalMinutes: < 60 } past => $"{past.TotalMinutes:0}m",
        { TotalHours: < 48 } past => $"{past.TotalHours:0}h",
        var past => $"{past.TotalDays:0}d",
    };

    private static TopStyle Style(TaskState status) => status switch
    {
        TaskState.Blocked => TopStyle.Bad,
        TaskState.Review => TopStyle.Warning,
        TaskState.InProgress or TaskState.Done => TopStyle.Good,
        _ => TopStyle.Dim,
    };

    private static TopStyle Style(string eventType) => eventType switch
    {
        "task.done" or "goal.done" => TopStyle.Good,
        "task.blocked" or "goal.blocked" or "merge.failed" => TopStyle.Bad,
        "message.question" or "task.sent_back" => TopStyle.Warning,
        _ => TopStyle.Plain,
    };
}
