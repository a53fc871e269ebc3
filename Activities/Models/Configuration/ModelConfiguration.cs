using AgentOS.Kernel;

namespace AgentOS.Activities.Models;

/// <summary>What llm.yaml says. Immutable; a changed file makes a new one (<see cref="ModelConfigurationFile"/>).</summary>
public sealed record ModelConfiguration(
    string File,
    IReadOnlyDictionary<string, ModelProvider> Providers,
    IReadOnlyDictionary<string, ModelRole> Roles,
    IReadOnlyList<McpServerSettings> McpServers)
{
    public static readonly IReadOnlyList<string> KnownRoles = ["orchestrator", "worker", "reviewer", "heartbeat"];

    /// <summary>The role's models. Throws <see cref="ModelConfigurationException"/> when llm.yaml has no such role.</summary>
    public ModelRole Role(string name) => Roles.TryGetValue(name, out var role)
        ? role
        : throw new ModelConfigurationException(File, null, KnownRoles.Contains(name)
            ? $"there is no role '{name}'. Add under 'roles:' the lines '{name}:' and '  primary: <model>'."
            : $"there is no role '{name}'. The roles are {string.Join(", ", KnownRoles)}.");

    /// <summary>A model by <c>provider/model</c>, or by its bare name when one provider only has it.</summary>
    public Model Model(string reference) => ModelReference.Find(Providers, reference) switch
    {
        { Problem: { } problem } => throw new ModelConfigurationException(File, null, problem),
        var found => found.Model!,
    };

    public ModelProvider ProviderOf(Model model) => Providers[model.Provider];

    /// <summary>What keeps the roles from working, one line each: a key or address that is not set. Empty when all is well.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. from role in Roles.Values
           from model in role.Candidates
           let provider = ProviderOf(model)
           where provider.Problem is not null
           group role.Name by provider into used
           select $"{used.Key.Problem} It is needed by: {string.Join(", ", used.Distinct())}.",
        .. from name in KnownRoles where !Roles.ContainsKey(name) select $"{File}: no model is set for the role '{name}'.",
    ];

    /// <summary>What works but deserves a word, one line each: models in use without a price.</summary>
    public IReadOnlyList<string> Notes() =>
    [
        .. from model in Roles.Values.SelectMany(r => r.Candidates).Distinct()
           where !model.HasPrice
           select $"{File}: the model {model} has no price: its cost counts as nothing, and no budget holds it back. Add 'input' and 'output' (USD per million tokens).",
    ];

    /// <summary>Takes every configured key out of a text.</summary>
    public string Scrub(string text)
    {
        foreach (var provider in Providers.Values)
            if (provider.ApiKey is { } key) text = key.Scrub(text);
        foreach (var server in McpServers)
            if (server.ApiKey is { } key) text = key.Scrub(text);
        return text;
    }
}

/// <param name="Problem">Why the provider cannot be used (a variable that is not set), with what to do; null when it can.</param>
public sealed record ModelProvider(string Name, Uri? BaseUrl, Secret? ApiKey, string? Problem, IReadOnlyList<Model> Models, int Line);

/// <param name="InputPrice">USD per million tokens; null when the file gives no price.</param>
/// <param name="CachedInputPrice">USD per million input tokens that the provider had cached; null: as <paramref name="InputPrice"/>.</param>
/// <param name="ContextTokens">What the model can read and write together.</param>
/// <param name="MaxOutputTokens">The most it may write; null leaves it to the provider.</param>
public sealed record Model(
    string Provider, string Name, decimal? InputPrice = null, decimal? OutputPrice = null, decimal? CachedInputPrice = null,
    int ContextTokens = Model.DefaultContextTokens, int? MaxOutputTokens = null)
{
    public const int DefaultContextTokens = 64_000;

    public bool HasPrice => InputPrice is not null && OutputPrice is not null;

    public override string ToString() => $"{Provider}/{Name}";
}

public sealed record ModelRole(
    string Name, Model Primary, Model? Fallback, double? Temperature, int? MaxOutputTokens, ModelTimeouts Timeouts)
{
    internal IEnumerable<Model> Candidates => Fallback is null ? [Primary] : [Primary, Fallback];
}

/// <summary>How long to wait for the first piece of an answer, between two pieces, and for all of it.</summary>
public sealed record ModelTimeouts(TimeSpan FirstToken, TimeSpan Idle, TimeSpan Total)
{
    /// <summary>Reasoning models queue and think for long before they say anything.</summary>
    public static readonly ModelTimeouts Default = new(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(20));
}

/// <summary>An MCP server whose tools are offered to <paramref name="Roles"/> (all roles when empty). Either a command, run in the sandbox, or an address.</summary>
/// <param name="Network">Whether the command may reach the network.</param>
public sealed record McpServerSettings(
    string Name, string? Command, IReadOnlyList<string> Arguments, bool Network, Uri? Url, Secret? ApiKey, string? Problem, IReadOnlyList<string> Roles)
{
    /// <summary>Tells whether two readings of the file mean the same server.</summary>
    internal string Identity => $"{Name}\n{Command}\n{string.Join('\n', Arguments)}\n{Network}\n{Url}\n{ApiKey?.GetHashCode()}";

    public bool IsFor(string role) => Roles.Count == 0 || Roles.Contains(role);
}

/// <summary>llm.yaml cannot be used: where, why and what to do, in one line.</summary>
public sealed class ModelConfigurationException(string file, long? line, string message)
    : AgentOSException(line is null ? $"{file}: {message}" : $"{file}:{line}: {message}");
