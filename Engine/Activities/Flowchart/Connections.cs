namespace Elsa.Workflows.Activities.Flowchart.Models
{
    /// <summary>The ways out that an activity took.</summary>
    public record Outcomes(params string[] Names)
    {
        public static readonly Outcomes Default = new("Done");
        public static readonly Outcomes Empty = new();
    }

    public class Endpoint
    {
        public Endpoint() { }

        public Endpoint(IActivity activity, string? port = null)
        {
            Activity = activity;
            Port = port;
        }

        public IActivity Activity { get; set; } = null!;
        public string? Port { get; set; }
    }

    public class Position
    {
        public double X { get; set; }
        public double Y { get; set; }
    }

    /// <summary>From an outcome of one activity to another.</summary>
    public class Connection : IEquatable<Connection>
    {
        public Connection() { }

        public Connection(Endpoint source, Endpoint target)
        {
            Source = source;
            Target = target;
        }

        public Connection(IActivity source, IActivity target) : this(new Endpoint(source), new Endpoint(target)) { }

        public Endpoint Source { get; set; } = null!;
        public Endpoint Target { get; set; } = null!;
        public ICollection<Position> Vertices { get; set; } = [];

        public bool Equals(Connection? other) => other is not null && ToString() == other.ToString();
        public override bool Equals(object? obj) => Equals(obj as Connection);
        public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
        public override string ToString() => $"{Source.Activity.Id}:{Source.Port ?? "Done"}->{Target.Activity.Id}:{Target.Port ?? "In"}";

        // Asked for in every step of a flowchart, whose connections do not change any more.
        internal string Key => field ??= ToString();
    }

    /// <summary>What an activity with several connections into it waits for.</summary>
    public enum MergeMode
    {
        None,
        Stream,
        Merge,
        Converge,
        Cascade,
        Race
    }

    public enum FlowJoinMode
    {
        WaitAll,
        WaitAllActive,
        WaitAny
    }
}

namespace Elsa.Workflows.Activities.Flowchart.Contracts
{
    /// <summary>An activity that decides itself when the branches into it have met.</summary>
    public interface IJoinNode : IActivity;
}
