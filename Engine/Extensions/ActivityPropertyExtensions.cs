using Elsa.Expressions.Models;
using Elsa.Workflows;

namespace Elsa.Extensions;

/// <summary>What the designer keeps about an activity in its custom properties and metadata.</summary>
public static class ActivityPropertyExtensions
{
    private const string CanStart = "canStartWorkflow";
    private const string Asynchronous = "runAsynchronously";
    private const string Commit = "commitStrategyName";

    public static bool GetCanStartWorkflow(this IActivity activity) => Find(activity.CustomProperties, CanStart).As<bool>();
    public static void SetCanStartWorkflow(this IActivity activity, bool value) => activity.CustomProperties[CanStart] = value;
    public static bool? GetRunAsynchronously(this IActivity activity) => Find(activity.CustomProperties, Asynchronous).As<bool?>();

    public static void SetRunAsynchronously(this IActivity activity, bool? value)
    {
        if (value is { } flag) activity.CustomProperties[Asynchronous] = flag;
        else activity.CustomProperties.Remove(Asynchronous);
    }

    public static string? GetCommitStrategy(this IActivity activity) => Find(activity.CustomProperties, Commit).As<string>();

    public static TActivity SetCommitStrategy<TActivity>(this TActivity activity, string? name) where TActivity : IActivity
    {
        if (string.IsNullOrWhiteSpace(name)) activity.CustomProperties.Remove(Commit);
        else activity.CustomProperties[Commit] = name;
        return activity;
    }

    public static string? GetDisplayText(this IActivity activity) => Find(activity.Metadata, "displayText").As<string>();
    public static void SetDisplayText(this IActivity activity, string? value) => activity.Metadata["displayText"] = value!;
    public static string? GetDescription(this IActivity activity) => Find(activity.Metadata, "description").As<string>();
    public static void SetDescription(this IActivity activity, string value) => activity.Metadata["description"] = value;

    // The casing of these names depends on which version of the designer wrote them.
    internal static object? Find(IDictionary<string, object> properties, string name)
    {
        if (properties.TryGetValue(name, out var value)) return value;
        return properties.TryGetValue(char.ToUpperInvariant(name[0]) + name[1..], out value) ? value : null;
    }
}
