using System.Net;
using AgentOS.Engine.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Tests.Running;

/// <summary>Requests that workflows send: the ways on, the limits, and the addresses that they may reach.</summary>
public sealed class OutgoingHttpTests : IAsyncLifetime
{
    private const string Sends = """
        "definitionId":"sends","variables":[{"id":"Body","name":"Body","typeName":"Object","storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"},{"id":"Status","name":"Status","typeName":"Int32","storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}]
        """;

    private readonly WebApplication _site;
    private string _seen = "";
    private int _asked, _busy;

    public OutgoingHttpTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _site = builder.Build();
        _site.Urls.Add("http://127.0.0.1:0");
        _site.MapGet("/json", () => Results.Json(new { name = "Ada", age = 36 }));
        _site.MapGet("/gone", () => Results.StatusCode(410));
        _site.MapPost("/busy", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            _seen += await reader.ReadToEndAsync();
            return Results.StatusCode(++_asked > _busy ? 200 : 503);
        });
        _site.MapGet("/large", () => Results.Bytes(new byte[100_000]));
        _site.MapGet("/never", async (HttpContext http) => await Task.Delay(Timeout.Infinite, http.RequestAborted));
        _site.MapGet("/inside", (HttpContext http) => Results.Redirect($"http://localhost:{http.Request.Host.Port}/json"));
        _site.MapPost("/echo", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            _seen = $"{http.Request.ContentType} {http.Request.Headers.Authorization} {http.Request.Headers["x-trace"]} {await reader.ReadToEndAsync()}";
            return Results.Text("thanks");
        });
        _site.MapGet("/file", () => Results.File("hello"u8.ToArray(), "application/pdf", "../../report.pdf"));
    }

    private Uri Address => new(_site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public async ValueTask InitializeAsync() => await _site.StartAsync();

    public async ValueTask DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task The_activity_for_the_status_runs_and_JSON_is_parsed()
    {
        var instance = await RunAsync("json", $$$"""
            "expectedStatusCodes":[{"statusCode":200,"activity":{{{Line("ok")}}} },{"statusCode":410,"activity":{{{Line("gone")}}} }],"unmatchedStatusCode":{{{Line("other")}}}
            """);
        instance.Journal.ShouldContain("ok/Completed");
        instance.Journal.ShouldNotContain("other/Completed");
        Value(instance, "Body").ShouldBe("""{"name":"Ada","age":36}""");
        Value(instance, "Status").ShouldBe("200");
    }

    [Fact]
    public async Task A_status_without_an_activity_of_its_own_is_the_unmatched_one() =>
        (await RunAsync("gone", $$$""" "expectedStatusCodes":[{"statusCode":200,"activity":{{{Line("ok")}}} }],"unmatchedStatusCode":{{{Line("other")}}} """)).Journal.ShouldContain("other/Completed");

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_leads_to_the_timeout() =>
        (await RunAsync("never", $$$""" "timeout":{{{Line("late")}}} """, options => options.Time = TimeSpan.FromMilliseconds(50))).Journal.ShouldContain("late/Completed");

    [Fact]
    public async Task An_address_inside_leads_to_the_failure_to_connect_unless_the_owner_allows_it()
    {
        var refused = await RunAsync("json", $$$""" "failedToConnect":{{{Line("failed")}}} """, options => options.Allowed = []);
        refused.Journal.ShouldContain("failed/Completed");
        refused.Journal.ShouldContain("send/Error");
    }

    [Fact]
    public async Task What_is_not_allowed_is_not_tried_again()
    {
        var time = new TimeThatFlies();
        var refused = await RunAsync("json", $$$""" "enableResiliency":{"typeName":"Boolean","expression":{"type":"Literal","value":"True"} },"failedToConnect":{{{Line("failed")}}} """, options => options.Allowed = [], time: time);
        refused.Journal.ShouldContain("failed/Completed");
        time.Waits.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/json")]
    [InlineData("http://localhost:{0}/json")]
    [InlineData("http://[::1]:{0}/json")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/json")]
    [InlineData("http://2130706433:{0}/json")]
    [InlineData("http://0.0.0.0:{0}/json")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://innocent.example:{0}/json")]
    public async Task By_default_nothing_inside_can_be_reached_under_any_name(string url)
    {
        using var client = new OutgoingHttp(new() { Resolve = Inside });
        var refusal = await Should.ThrowAsync<HttpRequestException>(SendAsync(client, string.Format(System.Globalization.CultureInfo.InvariantCulture, url, Address.Port)));
        refusal.ToString().ShouldContain("AGENTOS_WORKFLOW_HOSTS");
    }

    [Theory]
    [InlineData("*")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    [InlineData("inside.example")]
    public async Task What_the_owner_names_can_be_reached(string allowed)
    {
        using var client = new OutgoingHttp(new() { Allowed = [allowed], Resolve = Inside });
        using var answer = await SendAsync(client, $"http://inside.example:{Address.Port}/json");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_host_that_is_named_with_a_port_can_be_reached_on_that_port_only()
    {
        using var client = new OutgoingHttp(new() { Allowed = [$"inside.example:{Address.Port + 1}"], Resolve = Inside });
        await Should.ThrowAsync<HttpRequestException>(SendAsync(client, $"http://inside.example:{Address.Port}/json"));
    }

    [Fact]
    public async Task A_redirect_does_not_lead_where_the_first_address_could_not()
    {
        using var client = new OutgoingHttp(new() { Allowed = ["outside.example"], Resolve = Inside });
        await Should.ThrowAsync<HttpRequestException>(SendAsync(client, $"http://outside.example:{Address.Port}/inside"));
    }

    [Fact]
    public async Task An_answer_that_is_too_large_faults_the_activity()
    {
        var instance = await RunAsync("large", "\"version\":1", options => options.LargestAnswer = 50_000);
        instance.State.Incidents.Single().Message.ShouldContain("50000 bytes");
    }

    [Theory]
    [InlineData("/relative")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1/")]
    public async Task An_address_that_is_no_web_address_faults_the_activity(string url) =>
        (await RunAsync(url, "\"version\":1")).State.Incidents.Single().Message.ShouldContain("is not a full http or https address");

    [Fact]
    public async Task Body_headers_and_credential_are_sent_and_the_credential_is_not_recorded()
    {
        var instance = await RunAsync("echo", $$$"""
            "method":{{{Literal("POST")}}},"authorization":{{{Literal("Bearer hush")}}},"contentType":{{{Literal("application/json")}}},
            "content":{"typeName":"Object","expression":{"type":"JavaScript","value":"({ a: [1, 2] })"}},
            "requestHeaders":{"typeName":"HttpHeaders","expression":{"type":"Object","value":"{\"x-trace\":\"t1\"}"}}
            """);
        _seen.ShouldBe("""application/json Bearer hush t1 {"a":[1,2]}""");
        Value(instance, "Body").ShouldBe("\"thanks\"");
        instance.Json.ShouldNotContain("hush");
        instance.Executions.Select(x => x.State?.ToJsonString() ?? "").ShouldAllBe(state => !state.Contains("hush"));
    }

    [Theory]
    [InlineData("[200]", "200,Done")]
    [InlineData("[404]", "Unmatched status code,Done")]
    [InlineData("[]", "Done")]
    public async Task In_a_flowchart_the_status_names_the_way_on(string expected, string outcomes)
    {
        var instance = await RunAsync("json", $$$""" "expectedStatusCodes":{"typeName":"List<Int32>","expression":{"type":"Object","value":"{{{expected}}}"}} """, type: "Elsa.FlowSendHttpRequest");
        string.Join(',', instance.Executions.Single(x => x.ActivityId == "send").Outcomes!).ShouldBe(outcomes);
    }

    [Theory]
    [InlineData(2, true, "200", "1 2")]
    [InlineData(2, false, "503", "")]
    [InlineData(100, true, "503", "1 2 4 8 16 32 64 128")]
    public async Task A_server_that_is_overloaded_is_asked_again_at_growing_intervals_where_the_activity_says_so(int busy, bool resilient, string status, string waits)
    {
        _busy = busy;
        var time = new TimeThatFlies();
        var instance = await RunAsync("busy", $$$"""
            "method":{{{Literal("POST")}}},"content":{{{Literal("x")}}},"enableResiliency":{"typeName":"Boolean","expression":{"type":"Literal","value":"{{{resilient}}}"} }
            """, time: time);
        Value(instance, "Status").ShouldBe(status);
        string.Join(' ', time.Waits.Select(wait => wait.TotalSeconds)).ShouldBe(waits);
        _seen.ShouldBe(new string('x', time.Waits.Count + 1));
    }

    [Theory]
    [InlineData(2, "{'mode':'Identifier','strategyId':'http-default'}", "1 2")]
    [InlineData(2, "{'mode':0,'strategyId':'http-default'}", "1 2")]
    [InlineData(2, "'http-steady'", "5 5")]
    [InlineData(100, "{'mode':'Identifier','strategyId':'http-default'}", "1 2 4")]
    // There are designers that write what is chosen from the list so.
    [InlineData(2, "{'mode':'Expression','strategyId':'http-default','expression':null}", "1 2")]
    [InlineData(2, "{'mode':'Expression','strategyId':'http-default','expression':{'type':'JavaScript','value':'`http-${`steady`}`'}}", "5 5")]
    [InlineData(100, "{'mode':'Expression','expression':{'type':'JavaScript','value':'({ maxRetryAttempts: 3, delay: `00:00:03`, backoffType: `Linear` })'}}", "3 6 9")]
    [InlineData(100, "{'mode':'Expression','expression':{'type':'Object','value':'{\\\"$type\\\":\\\"HttpResilienceStrategy\\\",\\\"id\\\":\\\"own\\\",\\\"maxRetryAttempts\\\":2,\\\"delay\\\":\\\"01:00:00\\\",\\\"backoffType\\\":2}'}}", "3600 3600")]
    [InlineData(100, "{'mode':'Expression','expression':{'type':'JavaScript','value':'null'}}", "")]
    [InlineData(100, "{'mode':'Identifier','strategyId':''}", "")]
    public async Task A_request_is_tried_again_by_the_strategy_that_its_author_chose(int busy, string chosen, string waits)
    {
        _busy = busy;
        var time = new TimeThatFlies();
        var instance = await RunAsync("busy", $$$"""
            "method":{{{Literal("POST")}}},"customProperties":{"resilienceStrategy":{{{chosen.Replace('\'', '"')}}}}
            """, time: time);
        instance.State.Incidents.ShouldBeEmpty();
        string.Join(' ', time.Waits.Select(wait => wait.TotalSeconds)).ShouldBe(waits);
        (instance.Executions.Single(x => x.ActivityId == "send").Properties?["ResilienceStrategy"] is not null).ShouldBe(waits.Length > 0);
    }

    [Theory]
    [InlineData("{'mode':'Identifier','strategyId':'payments'}", "There is no resilience strategy 'payments' here. There are: http-default, http-patient, http-steady.")]
    [InlineData("{'mode':'Expression','expression':{'type':'JavaScript','value':'`payments`'}}", "no resilience strategy 'payments'")]
    [InlineData("{'mode':'Expression','expression':{'type':'JavaScript','value':'7'}}", "neither an id nor an object")]
    [InlineData("{'mode':'Expression','expression':{'type':'JavaScript','value':'({ $type: `CircuitBreaker` })'}}", "of the kind 'CircuitBreaker'")]
    [InlineData("{'mode':'Expression','expression':{'type':'JavaScript','value':'({ maxRetryAttempts: 1e6 })'}}", "Up to 100")]
    [InlineData("{'mode':'Expression','expression':{'type':'JavaScript','value':'({ delay: `soon` })'}}", "cannot be read")]
    [InlineData("{'mode':'Expression','expression':{'type':'CSharp','value':'x'}}", "no expression type 'CSharp'")]
    public async Task A_strategy_that_is_not_known_here_faults_the_activity_before_it_asks(string chosen, string reason)
    {
        var instance = await RunAsync("busy", $$$"""
            "method":{{{Literal("POST")}}},"customProperties":{"resilienceStrategy":{{{chosen.Replace('\'', '"')}}}}
            """);
        instance.State.Incidents.Single().Message.ShouldContain(reason);
        _asked.ShouldBe(0);
    }

    [Fact]
    public async Task Attempts_of_a_run_that_was_lost_are_not_counted_with_those_of_the_next()
    {
        _busy = 2;
        using var engine = Engine(time: new TimeThatFlies());
        engine.Define($$$"""
            {"definitionId":"lost","options":{"commitStrategyName":"ActivityExecuting"},"root":{"id":"s","type":"Elsa.Sequence","activities":[
              {"id":"send","type":"Elsa.SendHttpRequest","url":{{{Literal($"{Address}busy")}}},"method":{{{Literal("POST")}}},"enableResiliency":{"typeName":"Boolean","expression":{"type":"Literal","value":"True"} }}]}}
            """);
        // The commits before the sequence and before the request are the last that it makes.
        engine.DiesAfterCommits = 2;
        var instance = await engine.StartAsync("lost");
        _asked.ShouldBe(3);
        engine.DiesAfterCommits = null;
        _busy = 4;
        await engine.RecoverAsync(instance);

        var attempt = instance.Executions.Single(x => x.ActivityId == "send").Properties!["RetryAttempts"]!.AsArray().ShouldHaveSingleItem()!;
        ((int)attempt["attemptNumber"]!).ShouldBe(0);
        ((string)attempt["details"]!["StatusCode"]!).ShouldBe("503");
    }

    [Fact]
    public async Task A_file_that_is_fetched_has_a_name_that_is_no_path()
    {
        using var engine = Engine();
        engine.Define($$$"""
            {"definitionId":"file","root":{"id":"s","type":"Elsa.Sequence","activities":[
              {"id":"get","type":"Elsa.DownloadHttpFile","url":{{{Literal($"{Address}file")}}} },
              {"id":"line","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"JavaScript","value":"getOutputFrom('get').Filename + ' ' + getOutputFrom('get').ContentType + ' ' + getOutputFrom('get','StatusCode')"} } }]} }
            """);
        await engine.StartAsync("file");
        engine.Output.ToString().Trim().ShouldBe("report.pdf application/pdf 200");
    }

    private static Task<IPAddress[]> Inside(string host, CancellationToken cancellation) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]);

    private static Task<HttpResponseMessage> SendAsync(OutgoingHttp client, string url) => client.SendAsync(new(HttpMethod.Get, url), TestContext.Current.CancellationToken);

    private async Task<InstanceRecord> RunAsync(string path, string inputs, Action<OutgoingHttpOptions>? configure = null, string type = "Elsa.SendHttpRequest", TimeProvider? time = null)
    {
        using var engine = Engine(configure, time);
        var url = path.Contains(':', StringComparison.Ordinal) || path.StartsWith('/') ? path : $"{Address}{path}";
        engine.Define($$$"""
            { {{{Sends}}}, "root":{"id":"s","type":"Elsa.Sequence","activities":[{"id":"send","type":"{{{type}}}","url":{{{Literal(url)}}},
              "parsedContent":{"typeName":"Object","memoryReference":{"id":"Body"}},"statusCode":{"typeName":"Int32","memoryReference":{"id":"Status"}}, {{{inputs}}} }]}}
            """);
        return await engine.StartAsync("sends");
    }

    private static InMemoryEngine Engine(Action<OutgoingHttpOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new OutgoingHttpOptions { Allowed = ["127.0.0.1"] };
        configure?.Invoke(options);
        return new(services => services.AddSingleton(options).AddSingleton(time ?? TimeProvider.System));
    }

    // Whoever waits has waited; for what is written down.
    private sealed class TimeThatFlies : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private static string Value(InstanceRecord instance, string variable) =>
        System.Text.Json.Nodes.JsonNode.Parse(instance.Json)!["activityExecutionContexts"]!.AsArray().Single(x => x!["parentContextId"] is null)!["properties"]!["Variables"]![variable]!.ToJsonString();

    private static string Literal(string text) => $$$"""{"typeName":"String","expression":{"type":"Literal","value":"{{{text}}}"}}""";

    private static string Line(string id) => $$$"""{"id":"{{{id}}}","type":"Elsa.WriteLine","text":{{{Literal(id)}}} }""";
}
