namespace AgentOS.Kernel.Agents;

/// <param name="MostWorkers">Coders that goals and planners may bring the number to.</param>
public sealed record TeamLimits(int MostWorkers = 8);
