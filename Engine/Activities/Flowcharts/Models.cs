namespace Elsa.Workflows.Activities.Flowchart.Models;

/// <summary>The ways out that an activity took.</summary>
public record Outcomes(params string[] Names)
{
    public static readonly Outcomes Default = new("Done");
    public static readonly Outcomes Empty = new();
}
