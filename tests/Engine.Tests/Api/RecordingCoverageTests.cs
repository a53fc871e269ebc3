namespace AgentOS.Engine.Tests.Api;

/// <summary>No recording is forgotten: each is replayed, or named here with the test that holds the server to it.</summary>
public sealed class RecordingCoverageTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Api", "Recordings");

    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["descriptors-activities"] = nameof(ActivityDescriptorTests.An_activity_has_the_recorded_inputs_outputs_and_ports),
        ["descriptors-activity-writeline"] = nameof(ActivityDescriptorTests.An_activity_has_the_recorded_inputs_outputs_and_ports),
        ["exported-instance"] = nameof(RecordedDocumentTests.An_instance_leaves_as_a_file_of_the_recorded_shape_and_the_recorded_file_comes_in),
        ["exported-kitchen-sink"] = nameof(RecordedDocumentTests.A_recorded_file_comes_in_and_leaves_the_same),
        ["exported-ui-workflow"] = nameof(RecordedDocumentTests.A_recorded_file_comes_in_and_leaves_the_same),
        ["hub-messages"] = nameof(HubRecordingTests.A_watched_instance_tells_what_was_recorded),
    };

    // Which request of descriptors.json a recording of that name is.
    private static readonly Dictionary<string, string> Addresses = new()
    {
        ["features-installed"] = "/features/installed", ["features-installed-one"] = "/features/installed/Elsa.Workflows.Api.Features.WorkflowsApiFeature", ["package-version"] = "/package/version",
        ["resilience-strategies"] = "/resilience/strategies", ["descriptors-commit-strategies-activities"] = "/descriptors/commit-strategies/activities",
        ["descriptors-commit-strategies-workflows"] = "/descriptors/commit-strategies/workflows",
    };

    private static readonly Dictionary<string, string> WithoutTest = new()
    {
        ["optional-endpoints-404-test"] = "It says what Studio does when an endpoint is missing. None of them is.",
        ["hub-websocket-frames-bearer"] = "The recorded server refused the WebSocket of a browser; the one here takes its token (ElsaIdentityTests of the server).",
    };

    [Fact]
    public void Every_recording_has_a_test()
    {
        var described = DescriptorTests.Addresses;
        var tests = typeof(RecordingCoverageTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttributes(typeof(FactAttribute), true).Length > 0).Select(method => method.Name).ToHashSet();
        var forgotten = File.ReadAllLines(Path.Combine(Folder, "names.txt")).Where(name => !(RecordedRequest.Scenarios.Contains(name) || WithoutTest.ContainsKey(name)
            || (Elsewhere.TryGetValue(name, out var test) && tests.Contains(test))
            || File.Exists(Path.Combine(Folder, "Access", name + ".json"))
            || described.Contains("/elsa/api" + (Addresses.TryGetValue(name, out var address) ? address : "/descriptors/" + name.Replace("descriptors-", "", StringComparison.Ordinal)))));

        forgotten.ShouldBeEmpty();
    }

    [Fact]
    public void Every_file_of_a_recording_is_named()
    {
        var names = File.ReadAllLines(Path.Combine(Folder, "names.txt"));
        foreach (var folder in (string[])["Requests", "Documents", "Access"])
            Directory.GetFiles(Path.Combine(Folder, folder)).Select(Path.GetFileNameWithoutExtension).Except(names).ShouldBeEmpty(folder);
    }
}
