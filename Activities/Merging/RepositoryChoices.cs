using System.Reflection;
using AgentOS.Kernel.Repositories;
using Elsa.Workflows.UIHints.Dropdown;

namespace AgentOS.Activities.Merging;

/// <summary>The repositories that the designer offers: those that there are when it asks.</summary>
public sealed class RepositoryChoices(RepositoryStore repositories) : DropDownOptionsProviderBase
{
    protected override async ValueTask<ICollection<SelectListItem>> GetItemsAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken) =>
        [.. (await repositories.ListAsync(cancellationToken)).Select(repository => new SelectListItem($"{repository.Name} ({repository.DefaultBranch})", repository.Id.ToString()))];
}
