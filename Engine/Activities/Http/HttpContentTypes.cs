using System.Reflection;
using Elsa.Workflows.UIHints.Dropdown;

namespace Elsa.Http;

/// <summary>The content types that the designer offers.</summary>
internal sealed class HttpContentTypes : DropDownOptionsProviderBase
{
    private static readonly string[] Types =
    [
        "", "application/json", "application/soap+xml", "application/x-www-form-urlencoded", "application/xml", "text/html", "text/json", "text/plain", "text/richtext", "text/xml",
    ];

    protected override ValueTask<ICollection<SelectListItem>> GetItemsAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken) =>
        new([.. Types.Select(type => new SelectListItem(type, type))]);
}
