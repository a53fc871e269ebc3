using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AgentOS.Studio.Layout;

/// <summary>The query of the page's address: what a page is filtered by stands there, and can be shared.</summary>
internal sealed class AddressQuery : IDisposable
{
    private readonly NavigationManager _navigation;

    // Where the browser was sent and has not yet said that it is: what is asked for meanwhile adds to that, and does not undo it.
    private string? _asked;

    public AddressQuery(NavigationManager navigation)
    {
        _navigation = navigation;
        navigation.LocationChanged += Arrived;
    }

    /// <summary>False while the page's parameters are older than what a person chose.</summary>
    public bool IsSettled => Address == _navigation.Uri;

    /// <summary>What a person typed, without the blanks at its ends; null where nothing is left.</summary>
    public static string? Word(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>Sets one parameter; null, or text of blanks, takes it away.</summary>
    public void Set(string name, object? value) => Set(new Dictionary<string, object?> { [name] = value });

    /// <summary>Sets some parameters and leaves the others, also those that the browser is still on its way to.</summary>
    public void Set(IReadOnlyDictionary<string, object?> values) =>
        Go(_navigation.GetUriWithQueryParameters(Address, values.ToDictionary(one => one.Key, one => one.Value is string text ? Word(text) : one.Value)));

    /// <summary>Takes all parameters away.</summary>
    public void Clear() => Go(Page(Address));

    // A page that was left does not come back with what was asked for there.
    private string Address => _asked is { } asked && Page(asked) == Page(_navigation.Uri) ? asked : _navigation.Uri;

    private static string Page(string address) => new Uri(address).GetLeftPart(UriPartial.Path);

    private void Go(string address)
    {
        if (address == Address) return;
        _asked = address;
        _navigation.NavigateTo(address, replace: true);
    }

    private void Arrived(object? sender, LocationChangedEventArgs change)
    {
        if (change.Location == _asked) _asked = null;
    }

    public void Dispose() => _navigation.LocationChanged -= Arrived;
}
