using System.Collections.Concurrent;
using AgentOS.Engine.Definitions;
using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Services;

internal sealed class ActivityRegistry(ActivityDescriber describer) : IActivityRegistry
{
    private readonly ConcurrentDictionary<(string Type, int Version), (ActivityDescriptor Descriptor, Type Provider)> _descriptors = new();
    private readonly ConcurrentDictionary<string, ActivityDescriptor> _newest = new();

    public void Register(ActivityDescriptor descriptor) => Add(GetType(), descriptor);

    public void Add(Type providerType, ActivityDescriptor descriptor)
    {
        descriptor.Plan = new ActivityPlan(descriptor);
        _descriptors[(descriptor.TypeName, descriptor.Version)] = (descriptor, providerType);
        _newest.AddOrUpdate(descriptor.TypeName, descriptor, (_, known) => known.Version > descriptor.Version ? known : descriptor);
    }

    public void Remove(Type providerType, ActivityDescriptor descriptor)
    {
        _descriptors.TryRemove((descriptor.TypeName, descriptor.Version), out _);
        if (!_newest.TryGetValue(descriptor.TypeName, out var newest) || newest.Version != descriptor.Version) return;
        var next = FindMany(x => x.TypeName == descriptor.TypeName).MaxBy(x => x.Version);
        if (next is null) _newest.TryRemove(descriptor.TypeName, out _);
        else _newest[descriptor.TypeName] = next;
    }

    public Task RegisterAsync(Type activityType, CancellationToken cancellationToken = default)
    {
        Register(describer.Describe(activityType));
        return Task.CompletedTask;
    }

    public async Task RegisterAsync(IEnumerable<Type> activityTypes, CancellationToken cancellationToken = default)
    {
        foreach (var type in activityTypes) await RegisterAsync(type, cancellationToken);
    }

    public void Clear()
    {
        _descriptors.Clear();
        _newest.Clear();
    }

    public void ClearProvider(Type providerType)
    {
        foreach (var descriptor in ListByProvider(providerType).ToList()) Remove(providerType, descriptor);
    }

    public ActivityDescriptor? Find(string type) => _newest.GetValueOrDefault(type);
    public ActivityDescriptor? Find(string type, int version) => _descriptors.TryGetValue((type, version), out var found) ? found.Descriptor : null;
    public ActivityDescriptor? Find(Func<ActivityDescriptor, bool> predicate) => ListAll().FirstOrDefault(predicate);
    public IEnumerable<ActivityDescriptor> FindMany(Func<ActivityDescriptor, bool> predicate) => ListAll().Where(predicate);
    public IEnumerable<ActivityDescriptor> ListAll() => _descriptors.Values.Select(x => x.Descriptor);
    public IEnumerable<ActivityDescriptor> ListByProvider(Type providerType) => _descriptors.Values.Where(x => x.Provider == providerType).Select(x => x.Descriptor);
    public ValueTask<IEnumerable<ActivityDescriptor>> GetDescriptorsAsync(CancellationToken cancellationToken = default) => new(ListAll());

    public async Task RefreshDescriptorsAsync(IEnumerable<IActivityProvider> activityProviders, CancellationToken cancellationToken = default)
    {
        foreach (var provider in activityProviders) await RefreshDescriptorsAsync(provider, cancellationToken);
    }

    public async Task RefreshDescriptorsAsync(IActivityProvider activityProvider, CancellationToken cancellationToken = default)
    {
        var descriptors = (await activityProvider.GetDescriptorsAsync(cancellationToken)).ToList();
        ClearProvider(activityProvider.GetType());
        foreach (var descriptor in descriptors) Add(activityProvider.GetType(), descriptor);
    }
}
