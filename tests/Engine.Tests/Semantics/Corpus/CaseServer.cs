using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentOS.Engine.Tests.Semantics.Corpus;

/// <summary>What the server said to one request.</summary>
internal sealed record CaseAnswer(int Status, string Text, Func<string, string?> Header)
{
    /// <summary>Null when it is no JSON.</summary>
    public JsonNode? Json
    {
        get
        {
            try
            {
                return Text.Length == 0 ? null : JsonNode.Parse(Text);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}

/// <summary>The server that a case is replayed against.</summary>
internal sealed class CaseServer(HttpClient http)
{
    public async Task<CaseAnswer> SendAsync(string method, string path, HttpContent? content = null, JsonObject? headers = null)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = content };
        foreach (var (name, value) in headers ?? [])
            if (name.StartsWith("content-", StringComparison.OrdinalIgnoreCase) && content is not null)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, (string)value!);
            }
            else request.Headers.TryAddWithoutValidation(name, (string)value!);
        using var response = await http.SendAsync(request);
        var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
        var all = response.Headers.Concat(response.Content.Headers).ToDictionary(each => each.Key, each => each.Value.First(), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, text, name => all.GetValueOrDefault(name));
    }

    public async Task<JsonNode?> GetAsync(string path) => (await SendAsync("GET", path)).Json;

    public Task<CaseAnswer> PostAsync(string path, JsonNode? body) => SendAsync("POST", path, Json(body));

    public static HttpContent Json(JsonNode? body) => new StringContent(body?.ToJsonString() ?? "null", Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    /// <summary>The instances of a definition in the order in which they were made.</summary>
    public async Task<List<JsonObject>> InstancesAsync(string definition) =>
        [.. ((await GetAsync("elsa/api/workflow-instances?page=0&pageSize=100&definitionId=" + Uri.EscapeDataString(definition)))?["items"]?.AsArray() ?? [])
            .OfType<JsonObject>().OrderBy(item => (string?)item["createdAt"], StringComparer.Ordinal)];

    public async Task<List<JsonObject>> JournalAsync(string instance) =>
        [.. ((await GetAsync($"elsa/api/workflow-instances/{instance}/journal?skip=0&take=1000"))?["items"]?.AsArray() ?? []).OfType<JsonObject>().OrderBy(item => (long)item["sequence"]!)];
}
