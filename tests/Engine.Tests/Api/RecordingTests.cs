using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace AgentOS.Engine.Tests.Api;

/// <summary>Every recorded scenario, request by request: the same status, the same kind of answer, in the same shape, saying the same.</summary>
public sealed class RecordingTests(RecordedWorld world) : IClassFixture<RecordedWorld>
{
    private static readonly (string Difference, string Reason)[] Accepted =
    [
        ("/bookmark-queue/dead-letters $.items: empty", "Nothing is ever set aside here: an event that nobody takes is dropped when its time is over."),
        (".properties.Variables: missing", "Kept variables are in the state of the instance; its executions do not repeat them."),
        ("Answer the request before the workflow waits.", "The message of a lost HTTP request says what to do."),
        (".activityState.StatusCode: Number was recorded, not String", "A name says more than its number, and records have the name there too."),
    ];

    public static TheoryData<string> Scenarios => [.. RecordedRequest.Scenarios];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_recorded_request_gets_the_recorded_answer(string scenario)
    {
        var found = new List<string>();
        foreach (var recorded in RecordedRequest.Read(scenario)) found.AddRange((await DifferencesAsync(recorded)).Select(each => $"{recorded.Method} {recorded.Path}{recorded.Query} {each}"));
        found.Where(each => !Accepted.Any(accepted => each.EndsWith(accepted.Difference, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    private async Task<IEnumerable<string>> DifferencesAsync(RecordedRequest recorded)
    {
        await world.PrepareAsync(recorded);
        using var request = new HttpRequestMessage(new(recorded.Method), (await world.TranslateAsync(recorded.Path + recorded.Query)).TrimStart('/'));
        if (recorded.Body is { } body)
        {
            var multipart = recorded.Path.Contains("/import/", StringComparison.Ordinal);
            var text = body.GetValueKind() == JsonValueKind.String ? (string)body! : await world.TranslateAsync(body.ToJsonString());
            request.Content = new StringContent(text, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(multipart ? "multipart/form-data; boundary=\"----MyGreatBoundary\"" : "application/json");
        }
        using var answer = await world.Http.SendAsync(request);
        var said = await answer.Content.ReadAsStringAsync();
        if ((int)answer.StatusCode != recorded.Status) return [$"{recorded.Status} was recorded, not {(int)answer.StatusCode}: {said[..Math.Min(300, said.Length)]}"];
        var found = new List<string>();
        if (MediaType(recorded.ContentType) is { } type && answer.Content.Headers.ContentType?.MediaType != type) found.Add($"{type} was recorded, not {answer.Content.Headers.ContentType?.MediaType}");
        found.AddRange((recorded.Headers ?? []).Where(name => !answer.Headers.Concat(answer.Content.Headers).Any(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))).Select(name => $"header {name}: missing"));
        if (recorded.Response is not null) found.AddRange(RecordedShape.Differences(JsonElement.Parse(recorded.Response.ToJsonString()), JsonElement.Parse(said)));
        return found;
    }

    private static string? MediaType(string? contentType) => contentType?.Split(';')[0];
}
