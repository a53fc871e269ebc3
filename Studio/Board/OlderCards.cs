using AgentOS.Kernel;
using AgentOS.Kernel.Board;

namespace AgentOS.Studio.Board;

/// <summary>Done tasks beyond those that the board keeps up. They do not change any more: each page reads them for itself, when they are asked for.</summary>
/// <param name="Cards">The latest first, right after the last one of the column.</param>
/// <param name="IsAll">There are no others.</param>
internal sealed record OlderCards(ValueList<BoardCard> Cards, bool IsAll)
{
    public static readonly OlderCards None = new([], false);

    /// <summary>When one more is done, the last of the column makes room for it: it is the first one here then. When one leaves it, the first one here goes there.</summary>
    public OlderCards After(BoardColumn before, BoardColumn now)
    {
        if (Cards.Count == 0 || now.Cards.Count == 0) return this;
        var (shown, last) = (now.Cards.Select(card => card.Id).ToHashSet(), now.Cards[^1].CompletedAt);
        ValueList<BoardCard> after = [.. before.Cards.Where(card => !shown.Contains(card.Id) && card.CompletedAt <= last), .. Cards.Where(card => !shown.Contains(card.Id))];
        return after.Equals(Cards) ? this : this with { Cards = after };
    }
}
