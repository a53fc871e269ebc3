using System.Reflection;

namespace Elsa.Workflows
{
    /// <summary>Says how the designer edits an input, when the descriptor is asked for: what can be chosen may depend on data.</summary>
    public interface IPropertyUIHandler
    {
        /// <summary>Of several, the one with the higher priority is asked last and wins.</summary>
        float Priority { get; }

        ValueTask<IDictionary<string, object>> GetUIPropertiesAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken = default);
    }
}

namespace Elsa.Workflows.UIHints.Dropdown
{
    public record SelectListItem(string Text, string Value)
    {
        public string Text { get; set; } = Text;
        public string Value { get; set; } = Value;
    }

    public record SelectList(ICollection<SelectListItem> Items)
    {
        public ICollection<SelectListItem> Items { get; set; } = Items;
    }

    public class DropDownProps
    {
        public SelectList? SelectList { get; set; }
        public string? ProviderName { get; set; }
    }

    /// <summary>Fills a drop-down list with what there is right now.</summary>
    public abstract class DropDownOptionsProviderBase : IPropertyUIHandler
    {
        /// <summary>The designer asks again whenever another input changes.</summary>
        protected virtual bool RefreshOnChange => false;

        public virtual float Priority => 0;

        protected abstract ValueTask<ICollection<SelectListItem>> GetItemsAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken);

        public virtual async ValueTask<IDictionary<string, object>> GetUIPropertiesAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken = default)
        {
            var items = await GetItemsAsync(propertyInfo, context, cancellationToken);
            var result = new Dictionary<string, object>(GetUIPropertyAdditionalOptions())
            {
                [InputUIHints.DropDown] = new DropDownProps { SelectList = new(items) },
            };
            if (RefreshOnChange) result["Refresh"] = true;
            return result;
        }

        protected virtual IDictionary<string, object> GetUIPropertyAdditionalOptions() => new Dictionary<string, object>();
    }
}
