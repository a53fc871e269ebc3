namespace AgentOS.Kernel.ModelCalls;

/// <summary>What is configured now, by who knows the configuration.</summary>
public delegate ModelOffer OfferModels();

/// <summary>The models that can be chosen.</summary>
/// <param name="Models">As <c>provider/model</c>.</param>
/// <param name="Roles">Role → the model it has when nothing else is chosen.</param>
/// <param name="Find">The whole name of a model by what a person typed; throws an <see cref="AgentOSException"/> that lists those there are.</param>
public sealed record ModelOffer(IReadOnlyList<string> Models, IReadOnlyDictionary<string, string> Roles, Func<string, string> Find);
