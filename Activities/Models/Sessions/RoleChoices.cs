using System.Reflection;
using AgentOS.Kernel.ModelCalls;
using Elsa.Workflows.UIHints.Dropdown;

namespace AgentOS.Activities.Models.Sessions;

/// <summary>The roles that can have a session, each with the model that llm.yaml gives it when the designer asks.</summary>
public sealed class RoleChoices(ModelConfigurationFile configuration) : DropDownOptionsProviderBase
{
    private static readonly (string Name, string Title)[] Roles = [("orchestrator", "Planner"), ("worker", "Coder"), ("reviewer", "Judge")];

    protected override ValueTask<ICollection<SelectListItem>> GetItemsAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken) =>
        new([.. Roles.Select(role => new SelectListItem(ModelOf(role.Name) is { } model ? $"{role.Title}: {model}" : role.Title, role.Name))]);

    // A configuration that cannot be read is told of elsewhere; the roles are the same.
    private string? ModelOf(string role)
    {
        try
        {
            return configuration.Current.Roles.TryGetValue(role, out var found) ? $"{found.Primary.Provider}/{found.Primary.Name}" : null;
        }
        catch (ModelConfigurationException)
        {
            return null;
        }
    }
}

/// <summary>What sessions can be for.</summary>
public sealed class PurposeChoices(IEnumerable<SessionPurpose> purposes) : DropDownOptionsProviderBase
{
    protected override ValueTask<ICollection<SelectListItem>> GetItemsAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken) =>
        new([.. purposes.Select(purpose => new SelectListItem(purpose.Name, purpose.Name))]);
}

/// <summary>The models of llm.yaml, when the designer asks.</summary>
public sealed class ModelChoices(OfferModels offer) : DropDownOptionsProviderBase
{
    protected override ValueTask<ICollection<SelectListItem>> GetItemsAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken) =>
        new([new("The role's model", ""), .. Models().Select(model => new SelectListItem(model, model))]);

    // As above.
    private IReadOnlyList<string> Models()
    {
        try
        {
            return offer().Models;
        }
        catch (ModelConfigurationException)
        {
            return [];
        }
    }
}
