using System.Text.Json;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>The ways out of an activity that a flowchart can connect, those included that its own properties name.</summary>
internal static class PortNames
{
    /// <returns>Null: only a run can tell.</returns>
    public static IReadOnlyCollection<string>? Of(ActivityOutline activity, ActivityDescriptor descriptor)
    {
        List<string>? own = activity.Type switch
        {
            "Elsa.FlowSwitch" => Labels(activity, "cases") is { } cases ? [.. cases, "Default"] : null,
            "Elsa.FlowFork" => Literals(activity, "branches"),
            "Elsa.RunJavaScript" => Literals(activity, "possibleOutcomes") is { } outcomes ? [.. outcomes, "Done"] : null,
            "Elsa.FlowSendHttpRequest" or "Elsa.DownloadHttpFile" => (activity.Find("expectedStatusCodes") is null ? ["200"] : Literals(activity, "expectedStatusCodes")) is { } codes
                ? [.. codes, "Unmatched status code", "Failed to connect", "Timeout", "Done"] : null,
            "Elsa.HttpEndpoint" => ["Done", "Request too large", "File too large", "Invalid file extension", "Invalid file MIME type"],
            "Elsa.StateMachine" => null,
            _ => [.. descriptor.Ports.Where(port => port.Type == PortType.Flow).Select(port => port.Name)],
        };
        return own is { Count: 0 } ? ["Done"] : own;
    }

    private static List<string>? Labels(ActivityOutline activity, string list) => activity.Find(list) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } items => [.. items.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Object ? item.Text("label") : null).OfType<string>()],
        _ => null,
    };

    // Of an input whose value is written there, rather than computed.
    private static List<string>? Literals(ActivityOutline activity, string input)
    {
        if (activity.Find(input) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.Object)
        {
            if (!value.TryGetProperty("expression", out var expression) || expression.ValueKind != JsonValueKind.Object) return [];
            if (expression.Text("type") is not ("Object" or "Literal" or "Json" or null)) return null;
            if (!expression.TryGetProperty("value", out value)) return [];
        }
        if (value.ValueKind == JsonValueKind.String)
        {
            try
            {
                value = JsonElement.Parse(value.GetString() is { Length: > 0 } text ? text : "[]");
            }
            catch (JsonException)
            {
                return null;
            }
        }
        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.ToString())] : [];
    }
}
