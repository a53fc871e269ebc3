namespace AgentOS.Server.Cli.Bench;

/// <summary>The workflows that are measured, as they are posted to the API.</summary>
internal static class BenchWorkflows
{
    public static readonly string[] Ids = ["bench5", "bench5lit", "benchevent"];

    /// <summary>HttpEndpoint → SetVariable(41 + 1) → If(Counter > 10) → SetVariable(Counter + 1) → Finish.</summary>
    public static string Bench5 { get; } = Counting("bench5", """{"type":"JavaScript","value":"41 + 1"}""", """{"type":"JavaScript","value":"getVariable('Counter') > 10"}""", """{"type":"JavaScript","value":"getVariable('Counter') + 1"}""");

    /// <summary>The same without scripts.</summary>
    public static string Bench5Literals { get; } = Counting("bench5lit", """{"type":"Literal","value":"42"}""", """{"type":"Literal","value":"True"}""", """{"type":"Literal","value":"43"}""");

    /// <summary>WriteLine → Event → WriteLine → Finish.</summary>
    public static string BenchEvent { get; } = Definition("benchevent", "[]", $"""
        {Activity("Before", "Elsa.WriteLine", ",\"text\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"waiting\"}}")},
        {Activity("Wait", "Elsa.Event", ",\"eventName\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"bench-resume\"}}")},
        {Activity("After", "Elsa.WriteLine", ",\"text\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"resumed\"}}")},
        {Activity("End", "Elsa.Finish", "")}
        """, ("Before", "Wait"), ("Wait", "After"), ("After", "End"));

    private static string Counting(string id, string first, string condition, string second) => Definition(id,
        """[{"id":"var-Counter","name":"Counter","typeName":"Int32","isArray":false,"value":"0","storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}]""",
        $"""
        {Activity("Http", "Elsa.HttpEndpoint", $",\"path\":{{\"typeName\":\"String\",\"expression\":{{\"type\":\"Literal\",\"value\":\"{id}\"}}}},\"supportedMethods\":{{\"typeName\":\"String[]\",\"expression\":{{\"type\":\"Object\",\"value\":\"[\\\"GET\\\"]\"}}}}", canStart: true)},
        {Activity("Set1", "Elsa.SetVariable", SetCounter(first))},
        {Activity("If1", "Elsa.If", $",\"condition\":{{\"typeName\":\"Boolean\",\"expression\":{condition}}},\"then\":{Activity("Large", "Elsa.WriteLine", ",\"text\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"large\"}}")}")},
        {Activity("Set2", "Elsa.SetVariable", SetCounter(second))},
        {Activity("End", "Elsa.Finish", "")}
        """, ("Http", "Set1"), ("Set1", "If1"), ("If1", "Set2"), ("Set2", "End"));

    private static string SetCounter(string expression) =>
        $",\"variable\":{{\"id\":\"var-Counter\",\"name\":\"Counter\",\"typeName\":\"Int32\"}},\"value\":{{\"typeName\":\"Object\",\"expression\":{expression}}}";

    private static string Activity(string id, string type, string inputs, bool canStart = false) =>
        $"{{\"id\":\"{id}\",\"name\":\"{id}\",\"type\":\"{type}\",\"version\":1,\"customProperties\":{{\"canStartWorkflow\":{(canStart ? "true" : "false")},\"runAsynchronously\":false}},\"metadata\":{{}}{inputs}}}";

    private static string Definition(string id, string variables, string activities, params (string From, string To)[] connections)
    {
        var links = string.Join(",", connections.Select(x => $"{{\"source\":{{\"activity\":\"{x.From}\",\"port\":\"Done\"}},\"target\":{{\"activity\":\"{x.To}\",\"port\":\"In\"}}}}"));
        return $$"""
            {"model":{"definitionId":"{{id}}","name":"{{id}}","variables":{{variables}},"inputs":[],"outputs":[],"outcomes":[],"customProperties":{},"options":{},
            "root":{"id":"flow","name":"Flowchart1","type":"Elsa.Flowchart","version":1,"customProperties":{},"metadata":{},"activities":[{{activities}}],"connections":[{{links}}]} },"publish":true}
            """;
    }
}
