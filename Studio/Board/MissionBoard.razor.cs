using AgentOS.Kernel;
using AgentOS.Kernel.Board;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Live;
using Microsoft.AspNetCore.Components;
using static AgentOS.Studio.Layout.AddressQuery;

namespace AgentOS.Studio.Board;

/// <summary>The board. What it is filtered by stands in its address, which can be shared.</summary>
public sealed partial class MissionBoard
{
    private const int Cards = 30;
    private const int MostCards = 300;
    private const int MostOlder = 3000;

    [SupplyParameterFromQuery] private string? Repository { get; set; }
    [SupplyParameterFromQuery] private Guid? Goal { get; set; }
    [SupplyParameterFromQuery] private string? Agent { get; set; }
    [SupplyParameterFromQuery(Name = "find")] private string? Text { get; set; }
    [SupplyParameterFromQuery] private bool Group { get; set; }
    [SupplyParameterFromQuery] private bool Feed { get; set; }
    [SupplyParameterFromQuery] private int Show { get; set; }

    protected override LiveView<BoardScreen> View => new BoardView(Word(Repository), Goal, Word(Agent), Word(Text), Math.Clamp(Show, Cards, MostCards));

    private LiveView<BoardScreen>? _olderOf;
    private OlderCards _older = OlderCards.None;

    // As it is typed: what the address says, but for the blanks at its ends.
    private string? _typed;

    protected override Task OnParametersSetAsync()
    {
        if (Query.IsSettled && Word(_typed) != Word(Text)) _typed = Text;
        if (View != _olderOf) (_olderOf, _older) = (View, OlderCards.None);
        return base.OnParametersSetAsync();
    }

    private bool IsFiltered => Word(Repository) is not null || Goal is not null || Word(Agent) is not null || Word(Text) is not null;

    public BoardScreen? Screen => Data;

    /// <summary>A card that is shown.</summary>
    internal BoardCard? Find(string? id) => Data?.Page.Columns.SelectMany(column => column.Cards).Concat(_older.Cards).FirstOrDefault(card => card.Id.ToString() == id);

    /// <summary>Null where a column holds as many cards as it can.</summary>
    private Func<Task>? More(BoardColumn column) =>
        Show < MostCards ? () => { Ask(nameof(Show), Math.Clamp(Show, Cards, MostCards) + Cards); return Task.CompletedTask; }
        : column.State == TaskState.Done && !_older.IsAll && _older.Cards.Count < MostOlder ? OlderAsync : null;

    private async Task OlderAsync()
    {
        if (Data is not { } screen || Done(screen).Cards is not { Count: > 0 } shown) return;
        var (view, older) = (View, _older);
        var found = await Store.OlderAsync(screen.Filter, older.Cards.Count > 0 ? older.Cards[^1] : shown[^1], 2 * Cards);
        // Meanwhile something else may be shown, the same have been asked for twice, or one more be done, for which the last of the column has made room.
        if (view != View || older != _older || Data is not { } now) return;
        _older = new OlderCards([.. older.Cards, .. found], found.Count < 2 * Cards).After(Done(screen), Done(now));
    }

    protected override void Replaced(BoardScreen before, BoardScreen now) => _older = _older.After(Done(before), Done(now));

    private static BoardColumn Done(BoardScreen screen) => screen.Page.Columns.First(column => column.State == TaskState.Done);

    private string AllGoals => Word(Repository) is { } repository ? $"/goals?repository={Uri.EscapeDataString(repository)}" : "/goals";

    private static IEnumerable<string> Names(IReadOnlyList<Choice>? choices) => choices?.Select(choice => choice.Name) ?? [];

    private void Ask(string parameter, object? value) => Query.Set(parameter == nameof(Text) ? "find" : parameter.ToLowerInvariant(), value);

    private void Clear() => Query.Set(new Dictionary<string, object?> { ["repository"] = null, ["goal"] = null, ["agent"] = null, ["find"] = null });

    private Task MoveAsync(CardMoveEventArgs move) =>
        Guid.TryParse(move.Id, out var id) && Words.TryParse<TaskState>(move.State ?? "", out var state) ? Actions.MoveAsync(id, state, Data) : Task.CompletedTask;

    /// <summary>The cards that the columns hold, by their goals; those of goals that have ended, or of none, at the end.</summary>
    private static IEnumerable<Lane> Lanes(BoardPage page)
    {
        var open = page.Goals.Select(goal => goal.Id).ToHashSet();
        foreach (var goal in page.Goals)
            yield return new(goal.Id.ToString(), goal, Columns(card => card.GoalId == goal.Id));
        var rest = Columns(card => card.GoalId is not { } above || !open.Contains(above));
        if (rest.Any(column => column.Count > 0)) yield return new("rest", null, rest);

        List<BoardColumn> Columns(Func<BoardCard, bool> isMeant) => [.. page.Columns.Select(column =>
        {
            ValueList<BoardCard> cards = [.. column.Cards.Where(isMeant)];
            return new BoardColumn(column.State, cards.Count, cards);
        })];
    }

    private sealed record Lane(string Key, BoardGoal? Goal, List<BoardColumn> Columns);
}
