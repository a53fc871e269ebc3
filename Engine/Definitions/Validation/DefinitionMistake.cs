namespace AgentOS.Engine.Definitions;

/// <summary>What is wrong with a definition.</summary>
/// <param name="Activity">The id of the activity, null where it is the definition as a whole.</param>
/// <param name="Message">What is wrong, and what there is instead.</param>
public sealed record DefinitionMistake(string? Activity, string Message);
