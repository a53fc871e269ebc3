using MudBlazor;

namespace AgentOS.Studio.Layout;

/// <summary>Asks before what cannot be taken back.</summary>
public static class Confirmation
{
    // A dialog with a field puts the focus there by itself, and whoever types at once would lose it again to a second choice that comes a round trip later.
    // Here is no field: the first button has it.
    private static readonly DialogOptions OnFirstButton = new() { DefaultFocus = DefaultFocus.FirstChild };

    /// <param name="act">What the button that does it says.</param>
    /// <param name="keep">What the button that leaves all as it is says.</param>
    /// <returns>Whether the person wants it.</returns>
    public static async Task<bool> ConfirmAsync(this IDialogService dialogs, string title, string message, string act, string keep) =>
        await dialogs.ShowMessageBoxAsync(title, message, act, cancelText: keep, options: OnFirstButton) == true;
}
