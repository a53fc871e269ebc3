using AgentOS.Kernel.Log;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli.Top;

internal enum TopPane { Board, Agents, Feed }

/// <summary>All that the screen shows. Immutable: news and keys make another one.</summary>
/// <param name="Feed">Oldest first, the newest <see cref="MostEntries"/>.</param>
/// <param name="Problem">Why what is shown is old; null while the server answers.</param>
/// <param name="Filter">Text that rows must hold.</param>
/// <param name="IsTyping">Keys go into the filter.</param>
/// <param name="Selected">The row of each pane, from 0.</param>
/// <param name="Detail">What enter showed, in the place of the panes; null: the panes.</param>
internal sealed record TopState(
    IReadOnlyList<AgentTask> Tasks, IReadOnlyList<AgentReport> Agents, IReadOnlyList<ActivityEntry> Feed, int Questions, string? Problem = "connecting",
    TopPane Focus = TopPane.Board, string Filter = "", bool IsTyping = false, TopSelection Selected = default, TopDetail? Detail = null)
{
    public const int MostEntries = 500;

    public static TopState Empty { get; } = new([], [], [], 0);

    /// <summary>The most pressing first: what waits for a person, what runs, what is to come; what has ended last.</summary>
    public IReadOnlyList<AgentTask> ShownTasks => [.. Tasks.Where(task => Matches(task.Title, task.Status.ToString(), NameOf(task.AssigneeId))).OrderBy(Urgency).ThenByDescending(task => task.UpdatedAt)];

    public IReadOnlyList<AgentReport> ShownAgents => [.. Agents.Where(agent => Matches(agent.Name, agent.Role.ToString(), agent.Task))];

    /// <summary>The newest first.</summary>
    public IReadOnlyList<ActivityEntry> ShownFeed => [.. Feed.Reverse().Where(entry => Matches(entry.Message, entry.AgentName, entry.EventType))];

    public int RowsOf(TopPane pane) => pane switch { TopPane.Board => ShownTasks.Count, TopPane.Agents => ShownAgents.Count, _ => ShownFeed.Count };

    public string? NameOf(Guid? agent) => agent is { } id ? Agents.FirstOrDefault(one => one.Id == id)?.Name : null;

    /// <summary>With an entry of the log; one that is there already changes nothing.</summary>
    public TopState With(ActivityEntry entry) => Feed.Any(known => known.Position == entry.Position) ? this : this with { Feed = [.. Feed.Append(entry).OrderBy(one => one.Position).TakeLast(MostEntries)] };

    private bool Matches(params string?[] texts) => Filter.Length == 0 || texts.Any(text => text?.Contains(Filter, StringComparison.OrdinalIgnoreCase) == true);

    private static int Urgency(AgentTask task) => task.Status switch
    {
        TaskState.Blocked => 0,
        TaskState.Review => 1,
        TaskState.InProgress => 2,
        TaskState.Assigned => 3,
        TaskState.Inbox => 4,
        _ => 5,
    };
}

/// <summary>The selected row of each pane.</summary>
internal readonly record struct TopSelection(int Board, int Agents, int Feed)
{
    public int Of(TopPane pane) => pane switch { TopPane.Board => Board, TopPane.Agents => Agents, _ => Feed };

    public TopSelection With(TopPane pane, int row) => pane switch { TopPane.Board => this with { Board = row }, TopPane.Agents => this with { Agents = row }, _ => this with { Feed = row } };
}

/// <param name="Top">The first line that is seen.</param>
internal sealed record TopDetail(string Title, IReadOnlyList<string> Lines, int Top = 0);
