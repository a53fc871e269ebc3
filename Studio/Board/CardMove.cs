using Microsoft.AspNetCore.Components;

namespace AgentOS.Studio.Board;

/// <summary>A card was dropped on a column (see circuit.js).</summary>
public sealed class CardMoveEventArgs : EventArgs
{
    public string? Id { get; set; }

    /// <summary>The word of the column's state.</summary>
    public string? State { get; set; }
}

/// <summary>A card's menu was opened (see circuit.js).</summary>
public sealed class CardMenuEventArgs : EventArgs
{
    public string? Id { get; set; }
}

[EventHandler("oncardmove", typeof(CardMoveEventArgs), enableStopPropagation: true, enablePreventDefault: false)]
[EventHandler("oncardmenu", typeof(CardMenuEventArgs), enableStopPropagation: true, enablePreventDefault: false)]
public static class EventHandlers;
