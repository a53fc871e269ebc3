namespace AgentOS.Server.Cli.Top;

/// <summary>What a key asks for besides another state.</summary>
internal enum TopWish { Nothing, Quit, Show }

/// <summary>What keys do. Pure.</summary>
internal static class TopKeys
{
    private const int Page = 10;
    private const int LongestFilter = 60;

    public static (TopState State, TopWish Wish) Press(TopState state, ConsoleKeyInfo key)
    {
        if (key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }) return (state, TopWish.Quit);
        if (state.IsTyping) return (Type(state, key), TopWish.Nothing);
        if (state.Detail is { } detail) return Read(state, detail, key);
        return key.Key switch
        {
            ConsoleKey.Q => (state, TopWish.Quit),
            ConsoleKey.Tab when key.Modifiers == ConsoleModifiers.Shift => (Focus(state, -1), TopWish.Nothing),
            ConsoleKey.Tab or ConsoleKey.RightArrow => (Focus(state, 1), TopWish.Nothing),
            ConsoleKey.LeftArrow => (Focus(state, -1), TopWish.Nothing),
            ConsoleKey.DownArrow or ConsoleKey.J => (Move(state, 1), TopWish.Nothing),
            ConsoleKey.UpArrow or ConsoleKey.K => (Move(state, -1), TopWish.Nothing),
            ConsoleKey.PageDown => (Move(state, Page), TopWish.Nothing),
            ConsoleKey.PageUp => (Move(state, -Page), TopWish.Nothing),
            ConsoleKey.Home => (Move(state, int.MinValue / 2), TopWish.Nothing),
            ConsoleKey.End => (Move(state, int.MaxValue / 2), TopWish.Nothing),
            ConsoleKey.F => (state with { IsTyping = true }, TopWish.Nothing),
            ConsoleKey.Escape => (state with { Filter = "", Selected = default }, TopWish.Nothing),
            ConsoleKey.Enter when state.RowsOf(state.Focus) > 0 => (state, TopWish.Show),
            _ when key.KeyChar == '/' => (state with { IsTyping = true }, TopWish.Nothing),
            _ => (state, TopWish.Nothing),
        };
    }

    private static TopState Type(TopState state, ConsoleKeyInfo key) => key.Key switch
    {
        ConsoleKey.Enter => state with { IsTyping = false },
        ConsoleKey.Escape => state with { IsTyping = false, Filter = "" },
        ConsoleKey.Backspace => state with { Filter = state.Filter.Length > 0 ? state.Filter[..^1] : "", Selected = default },
        _ when !char.IsControl(key.KeyChar) && state.Filter.Length < LongestFilter => state with { Filter = state.Filter + key.KeyChar, Selected = default },
        _ => state,
    };

    private static (TopState, TopWish) Read(TopState state, TopDetail detail, ConsoleKeyInfo key) => key.Key switch
    {
        ConsoleKey.Q => (state, TopWish.Quit),
        ConsoleKey.Escape or ConsoleKey.Enter or ConsoleKey.Backspace or ConsoleKey.LeftArrow => (state with { Detail = null }, TopWish.Nothing),
        ConsoleKey.DownArrow or ConsoleKey.J => (Scroll(state, detail, 1), TopWish.Nothing),
        ConsoleKey.UpArrow or ConsoleKey.K => (Scroll(state, detail, -1), TopWish.Nothing),
        ConsoleKey.PageDown => (Scroll(state, detail, Page), TopWish.Nothing),
        ConsoleKey.PageUp => (Scroll(state, detail, -Page), TopWish.Nothing),
        _ => (state, TopWish.Nothing),
    };

    private static TopState Focus(TopState state, int step) => state with { Focus = (TopPane)(((int)state.Focus + step + 3) % 3) };

    private static TopState Move(TopState state, int step) =>
        state with { Selected = state.Selected.With(state.Focus, Math.Clamp(state.Selected.Of(state.Focus) + step, 0, Math.Max(0, state.RowsOf(state.Focus) - 1))) };

    private static TopState Scroll(TopState state, TopDetail detail, int step) => state with { Detail = detail with { Top = Math.Clamp(detail.Top + step, 0, Math.Max(0, detail.Lines.Count - 1)) } };
}
