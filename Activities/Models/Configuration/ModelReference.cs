namespace AgentOS.Activities.Models;

/// <summary>Finds a model by <c>provider/model</c> or by a bare name.</summary>
internal readonly record struct ModelReference(Model? Model, string? Problem)
{
    public static ModelReference Find(IReadOnlyDictionary<string, ModelProvider> providers, string reference)
    {
        var slash = reference.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && providers.TryGetValue(reference[..slash], out var provider))
        {
            var name = reference[(slash + 1)..];
            if (provider.Models.FirstOrDefault(m => m.Name == name) is { } model) return new(model, null);
            return new(null, $"provider '{provider.Name}' has no model '{name}'. {Known(providers)}");
        }
        // A model's own name may hold a slash ("qwen/qwen-2.5-coder"), so the whole is also tried as a bare name.
        var found = providers.Values.SelectMany(p => p.Models).Where(m => m.Name == reference).ToList();
        return found.Count switch
        {
            1 => new(found[0], null),
            0 => new(null, $"there is no model '{reference}'. {Known(providers)}"),
            _ => new(null, $"the model '{reference}' is in several providers; write one of {string.Join(", ", found)}."),
        };
    }

    private static string Known(IReadOnlyDictionary<string, ModelProvider> providers)
    {
        var models = providers.Values.SelectMany(p => p.Models).ToList();
        return models.Count == 0
            ? "No provider lists a model; add one under 'models:' of a provider."
            : $"Known are {string.Join(", ", models)}; add it to its provider's 'models:' or use one of these.";
    }
}
