using System.Reflection;

namespace AgentOS.Engine.Services;

/// <summary>Activities beside the engine's own: every public one of the assembly can be used in workflows.</summary>
public sealed record ActivityAssembly(Assembly Assembly);
