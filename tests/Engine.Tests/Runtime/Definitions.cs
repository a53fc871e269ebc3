namespace AgentOS.Engine.Tests.Runtime;

/// <summary>Definitions as the API takes them.</summary>
internal static class Definitions
{
    public static string Sequence(string id, string activities, string options = "{}") => $$$"""
        {"model":{"definitionId":"{{{id}}}","name":"{{{id}}}","options":{{{options}}},"root":{"id":"s","type":"Elsa.Sequence","version":1,"activities":[{{{activities}}}]}},"publish":true}
        """;

    public static string Flow(string id, string trigger, string then) => $$$"""
        {"model":{"definitionId":"{{{id}}}","name":"{{{id}}}","root":{"id":"f","type":"Elsa.Flowchart","version":1,"activities":[{{{trigger}}},{{{then}}}],
        "connections":[{"source":{"activity":"t","port":"Done"},"target":{"activity":"a","port":"In"}}]}},"publish":true}
        """;

    public static string WriteLine(string id, string text = "x") => Activity(id, "Elsa.WriteLine", Literal("text", text));
    public static string Event(string id, string name) => Activity(id, "Elsa.Event", Literal("eventName", name));
    public static string Call(string id, string url) => Activity(id, "Test.Call", Literal("url", url));

    public static string Trigger(string type, params string[] inputs) => Activity("t", type, string.Join(",", inputs), canStart: true);
    public static string Literal(string name, string value) => $$$"""
        "{{{name}}}":{"typeName":"String","expression":{"type":"Literal","value":"{{{value}}}"}}
        """;

    public static string Activity(string id, string type, string inputs, bool canStart = false) => $$$"""
        {"id":"{{{id}}}","type":"{{{type}}}","version":1,"customProperties":{"canStartWorkflow":{{{(canStart ? "true" : "false")}}}},{{{inputs}}}}
        """;
}
