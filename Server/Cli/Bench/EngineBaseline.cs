namespace AgentOS.Server.Cli.Bench;

/// <summary>
/// What a real Elsa 3.8 does with the same workflows on the reference machine: two shared cores, 24 GB, Debian 12, .NET 10, PostgreSQL 15 with fsync, Release
/// build, the load generator on the same cores. Take them for ±15 %.
/// </summary>
internal static class EngineBaseline
{
    public const string Name = "Elsa 3.8 on the reference machine";

    /// <summary>Instances per second, started and suspended.</summary>
    public const double Started = 75;

    /// <summary>Instances per second, resumed and finished.</summary>
    public const double Resumed = 93;

    /// <summary>Runs per second of a workload with so many clients; null where it was not measured.</summary>
    public static double? RunsPerSecond(string workload, int clients) => (workload, clients) switch
    {
        ("bench5", 1) => 42.3,
        ("bench5", 8) => 79.5,
        ("bench5", 32) => 87.7,
        ("bench5lit", 1) => 55.2,
        ("bench5lit", 8) => 120.4,
        ("bench5lit", 32) => 112.1,
        _ => null,
    };
}
