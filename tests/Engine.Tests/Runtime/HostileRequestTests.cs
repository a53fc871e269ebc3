using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>Requests that want to cost more than they are worth: each gets an answer in Elsa's form, and the server goes on.</summary>
public sealed class HostileRequestTests(EngineNodeFixture fixture) : IClassFixture<EngineNodeFixture>
{
    private readonly EngineProcess _node = fixture.Node;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fifty_megabytes_are_refused_whether_or_not_the_length_is_said(bool said)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_node.Http.BaseAddress!.Host, _node.Http.BaseAddress.Port);
        var stream = client.GetStream();
        var answer = new StreamReader(stream).ReadLineAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /elsa/api/workflow-definitions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{(said ? $"Content-Length: {FiftyMegabytes}" : "Transfer-Encoding: chunked")}\r\n\r\n"));
        if (!said) await SendChunksAsync(stream);
        (await answer.WaitAsync(TimeSpan.FromSeconds(60))).ShouldNotBeNull().ShouldMatch("^HTTP/1.1 4(00|13) ");
    }

    private const int FiftyMegabytes = 50 * 1024 * 1024;

    private static async Task SendChunksAsync(NetworkStream stream)
    {
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string(' ', 0x10000)}\r\n");
        try
        {
            for (var sent = 0; sent < FiftyMegabytes; sent += 0x10000) await stream.WriteAsync(chunk);
        }
        catch (IOException)
        {
            // It has heard enough and hung up: what it said is being read.
        }
    }

    [Theory]
    [InlineData("""{"model":{"definitionId":"typed","root":{"$type":"System.Diagnostics.Process, System","id":"a","type":"Elsa.Sequence","activities":[]}},"publish":true}""", 200)]
    [InlineData("""{"model":{"definitionId":"typed-variable","variables":[{"id":"v","name":"V","typeName":"System.IO.FileInfo, System.Runtime"}],"root":{"id":"a","type":"Elsa.Sequence"}},"publish":true}""", 400)]
    [InlineData("""{"model":{"definitionId":"typed-input","root":{"id":"a","type":"Elsa.WriteLine","text":{"typeName":"System.IO.FileInfo, System.Runtime","expression":{"type":"Literal","value":"/etc/passwd"}}}},"publish":true}""", 200)]
    [InlineData("""{"model":{"definitionId":"typed-strategy","options":{"commitStrategyName":"../../x","incidentStrategyType":"System.AppDomain"},"root":{"id":"a","type":"Elsa.Sequence"}},"publish":true}""", 400)]
    public async Task A_name_of_a_type_makes_no_object_of_it(string body, int status)
    {
        using var answer = await _node.Http.PostAsync("elsa/api/workflow-definitions", Json(body));
        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 400) await ShouldBeElsasAsync(answer);
    }

    private static readonly (string Language, string Script)[] Endless =
    [
        ("JavaScript", "while (true) {}"),
        ("JavaScript", "let a = ['x']; while (true) a = a.concat(a); a"),
        ("JavaScript", "let s = 'x'; while (true) s = s + s; s"),
        ("JavaScript", "new Array(4294967295).fill('x').join('')"),
        ("JavaScript", "/(a+)+$/.test('a'.repeat(60) + 'b')"),
        ("JavaScript", "(function f() { return f(); })()"),
        ("Liquid", "{% for a in (1..100000) %}{% for b in (1..100000) %}x{% endfor %}{% endfor %}"),
        ("Liquid", "{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for a in (1..60) %}{% assign s = s | append: s %}{% endfor %}{{ s }}"),
        ("Liquid", "{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for a in (1..60) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}{{ s }}"),
        ("Liquid", "{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for a in (1..60) %}{% assign s = s | replace: 'x', s %}{% endfor %}{{ s }}"),
        ("Liquid", "{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for a in (1..60) %}{% assign s = s | replace_first: 'x', s %}{% endfor %}{{ s }}"),
        ("Liquid", "{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for a in (1..60) %}{% assign s = s | plus: s %}{% endfor %}{{ s }}"),
        ("Liquid", "{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for a in (1..20) %}{% assign s = s | append: s %}{% endfor %}{{ 'xxxxxxxx' | times: 900000 | join: s }}"),
        ("Liquid", "{{ 'x' | times: 2000000000 | reverse | first }}"),
        ("Liquid", "{% assign s = 'x,x' | split: ',' %}{% for a in (1..60) %}{% assign s = s | concat: s %}{% endfor %}{{ s | size }}"),
        ("Liquid", "{% assign s = '%c' %}{% for a in (1..60) %}{% assign s = 'now' | date: s | replace: ' ', '%c%c%c' %}{% endfor %}{{ s }}"),
        ("Liquid", "{% assign s = '+++' %}{% for a in (1..90) %}{% assign s = s | base64 | url_encode %}{% endfor %}{{ s }}")
    ];

    [Fact]
    public async Task Scripts_that_never_end_or_take_all_memory_are_stopped_and_others_go_on()
    {
        var runs = Endless.Select((each, number) => RunAsync($"endless-{number}", each.Language, each.Script)).ToList();
        foreach (var ((language, script), run) in Endless.Zip(runs))
        {
            (await run).GetProperty("workflowState").GetProperty("subStatus").GetString().ShouldBe("Faulted", $"{language}: {script}");
        }
        (await _node.Http.GetFromJsonAsync<JsonElement>("elsa/api/package/version")).GetProperty("packageVersion").GetString().ShouldNotBeNull();
    }

    private async Task<JsonElement> RunAsync(string id, string language, string script)
    {
        var text = JsonSerializer.Serialize(script);
        await _node.PublishAsync(Definitions.Sequence(id, $$$"""{"id":"w","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"{{{language}}}","value":{{{text}}} } } }"""));
        using var answer = await _node.PostAsync($"elsa/api/workflow-definitions/{id}/execute");
        ((int)answer.StatusCode).ShouldBeOneOf(200, 500);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task ShouldBeElsasAsync(HttpResponseMessage answer)
    {
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().First().Value[0].GetString().ShouldNotBeNullOrEmpty();
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
}
