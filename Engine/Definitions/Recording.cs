using Elsa.Workflows;
using Elsa.Workflows.Activities;

namespace AgentOS.Engine.Definitions;

/// <summary>Which inputs and outputs of an activity its records leave out, as its author, or that of the workflow, has set it.</summary>
internal sealed class Recording
{
    private readonly bool _leavesOut;
    private readonly Dictionary<string, bool> _inputs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, bool> _outputs = new(StringComparer.OrdinalIgnoreCase);

    private Recording(bool leavesOut) => _leavesOut = leavesOut;

    public bool LeavesOutInput(string name) => _inputs.GetValueOrDefault(name, _leavesOut);
    public bool LeavesOutOutput(string name) => _outputs.GetValueOrDefault(name, _leavesOut);

    /// <summary>Null when everything is recorded, which is nearly always so.</summary>
    public static Recording? Of(IActivity activity, Workflow workflow)
    {
        var settings = Settings(activity.CustomProperties);
        var around = Settings(workflow.CustomProperties);
        if (settings is null && around is null) return null;
        var result = new Recording(Mode(settings, "default") ?? Mode(around, "default") ?? false);
        Read(settings, "inputs", result._inputs);
        Read(settings, "outputs", result._outputs);
        return result._leavesOut || result._inputs.ContainsValue(true) || result._outputs.ContainsValue(true) ? result : null;
    }

    private static IDictionary<string, object?>? Settings(IDictionary<string, object> properties) =>
        (properties.TryGetValue("logPersistenceConfig", out var settings) || properties.TryGetValue("logPersistenceMode", out settings) ? settings : null) as IDictionary<string, object?>;

    private static void Read(IDictionary<string, object?>? settings, string part, Dictionary<string, bool> into)
    {
        if (settings is null || !settings.TryGetValue(part, out var modes) || modes is not IDictionary<string, object?> map) return;
        foreach (var name in map.Keys)
            if (Mode(map, name) is { } leavesOut) into[name] = leavesOut;
    }

    // Either a name, or an object that names a strategy.
    private static bool? Mode(IDictionary<string, object?>? settings, string name)
    {
        if (settings is null || !settings.TryGetValue(name, out var mode)) return null;
        var text = mode as string ?? ((mode as IDictionary<string, object?>)?.TryGetValue("strategyType", out var strategy) == true ? (strategy as string)?.Split(',')[0].Split('.')[^1] : null);
        return text switch { "Exclude" => true, "Include" => false, _ => null };
    }
}
