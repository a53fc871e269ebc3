using Elsa.Workflows.Models;

namespace Elsa.Workflows;

public interface IActivityProvider
{
    ValueTask<IEnumerable<ActivityDescriptor>> GetDescriptorsAsync(CancellationToken cancellationToken = default);
}

/// <summary>The activity types that workflows can be made of.</summary>
public interface IActivityRegistry : IActivityProvider
{
    void Add(Type providerType, ActivityDescriptor descriptor);
    void Remove(Type providerType, ActivityDescriptor descriptor);
    void Register(ActivityDescriptor descriptor);
    Task RegisterAsync(Type activityType, CancellationToken cancellationToken = default);
    Task RegisterAsync(IEnumerable<Type> activityTypes, CancellationToken cancellationToken = default);
    void Clear();
    void ClearProvider(Type providerType);
    ActivityDescriptor? Find(string type);
    ActivityDescriptor? Find(string type, int version);
    ActivityDescriptor? Find(Func<ActivityDescriptor, bool> predicate);
    IEnumerable<ActivityDescriptor> FindMany(Func<ActivityDescriptor, bool> predicate);
    IEnumerable<ActivityDescriptor> ListAll();
    IEnumerable<ActivityDescriptor> ListByProvider(Type providerType);
    Task RefreshDescriptorsAsync(IEnumerable<IActivityProvider> activityProviders, CancellationToken cancellationToken = default);
    Task RefreshDescriptorsAsync(IActivityProvider activityProvider, CancellationToken cancellationToken = default);
}
