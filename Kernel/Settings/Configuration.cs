namespace AgentOS.Kernel.Settings;

/// <summary>What is in force, by who knows it.</summary>
public delegate IReadOnlyList<ConfiguredValue> ReadConfiguration();

/// <param name="Name">As a person calls it.</param>
/// <param name="Value">What counts; passwords and keys are masked.</param>
/// <param name="Source">What sets it: a variable, an option, a file.</param>
public sealed record ConfiguredValue(string Name, string Value, string Source);
