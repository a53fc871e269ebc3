namespace AgentOS.Kernel.ModelCalls;

/// <summary>Models and roles as they are configured now, by who knows the configuration. Never a key.</summary>
public delegate ModelCatalogue ReadModels();

/// <summary>Asks a model (<c>provider/model</c>) one tiny question, which costs next to nothing; it is written down as any call.</summary>
public delegate Task<ModelPing> PingModel(string model, CancellationToken cancellation);

/// <param name="File">Where it is set.</param>
/// <param name="Problems">What keeps it from working, or deserves a word.</param>
public sealed record ModelCatalogue(string File, IReadOnlyList<ProviderSettings> Providers, IReadOnlyList<RoleSettings> Roles, IReadOnlyList<string> Problems);

/// <param name="Problem">Why it cannot be used, with what to do; null when it can.</param>
public sealed record ProviderSettings(string Name, string? BaseUrl, bool HasKey, string? Problem, IReadOnlyList<ModelPrice> Models);

/// <param name="Input">USD per million tokens; null: no price is set.</param>
public sealed record ModelPrice(string Name, decimal? Input, decimal? Output, int ContextTokens);

public sealed record RoleSettings(string Name, string Primary, string? Fallback);

/// <param name="Ok">It answered.</param>
/// <param name="LatencyMs">From the question to the end of the answer, or of the failure.</param>
/// <param name="Message">What it said, or why it did not and what to do.</param>
public sealed record ModelPing(string Model, bool Ok, int LatencyMs, string Message, decimal CostUsd);
