using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>HTTP endpoints of workflows as a caller sees them: parameters, files, limits, policies, files as answers.</summary>
public sealed class HttpEndpointTests(EngineNodeFixture fixture) : IClassFixture<EngineNodeFixture>
{
    private readonly EngineProcess _node = fixture.Node;

    [Fact]
    public async Task The_parameters_of_the_path_reach_the_workflow()
    {
        await PublishAsync("route", "shops/{shop}/orders/{id}", "GET", "", Answer("`${getOutputFrom('t','RouteData').shop} ${getOutputFrom('t','RouteData').id} ${getOutputFrom('t','QueryStringData').q}`"));
        (await _node.Http.GetStringAsync("workflows/shops/Bern/orders/7?q=x%20y")).ShouldBe("Bern 7 x y");
    }

    [Fact]
    public async Task Each_method_that_is_asked_for_is_answered_and_no_other()
    {
        await PublishAsync("methods", "methods", "PUT\\\",\\\"DELETE", "", Answer("'yes'"));
        (await _node.Http.PutAsync("workflows/methods", new StringContent(""))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _node.Http.DeleteAsync("workflows/methods")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _node.Http.GetAsync("workflows/methods")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Files_and_fields_of_a_form_reach_the_workflow()
    {
        await PublishAsync("upload", "upload", "POST", "", Answer("getOutputFrom('t','ParsedContent').title + ' ' + getVariable('Files').Length + ' ' + getVariable('Files')[0].FileName"), files: true);
        using var answer = await _node.Http.PostAsync("workflows/upload", Form("notes.txt", "text/plain", 10));
        (await answer.Content.ReadAsStringAsync()).ShouldBe("Report 1 notes.txt");
    }

    [Theory]
    [InlineData("requestSizeLimit", "Int64", "500", 413)]
    [InlineData("fileSizeLimit", "Int64", "500", 413)]
    [InlineData("allowedFileExtensions", "List<String>", "[\\\".pdf\\\"]", 415)]
    [InlineData("blockedFileExtensions", "List<String>", "[\\\"exe\\\",\\\".TXT\\\"]", 415)]
    [InlineData("allowedMimeTypes", "List<String>", "[\\\"image/png\\\"]", 415)]
    public async Task What_an_endpoint_does_not_take_is_refused_with_a_reason(string input, string type, string value, int status)
    {
        await PublishAsync($"refuse-{input}", $"refuse-{input}", "POST", $$$"""
            "{{{input}}}":{"typeName":"{{{type}}}","expression":{"type":"{{{(type == "Int64" ? "Literal" : "Object")}}}","value":"{{{value}}}"}},
            """, Answer("'taken'"));
        using var answer = await _node.Http.PostAsync($"workflows/refuse-{input}", Form("notes.txt", "text/plain", 1000));
        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("exposeRequestTooLargeOutcome", "Request too large", "requestSizeLimit", "Int64", "500")]
    [InlineData("exposeFileTooLargeOutcome", "File too large", "fileSizeLimit", "Int64", "500")]
    [InlineData("exposeInvalidFileExtensionOutcome", "Invalid file extension", "allowedFileExtensions", "List<String>", "[\\\".pdf\\\"]")]
    [InlineData("exposeInvalidFileMimeTypeOutcome", "Invalid file MIME type", "allowedMimeTypes", "List<String>", "[\\\"image/png\\\"]")]
    public async Task Or_it_is_a_way_on_for_the_workflow(string expose, string port, string input, string type, string value)
    {
        await PublishAsync($"way-{input}", $"way-{input}", "POST", $$$"""
            "{{{expose}}}":true,"{{{input}}}":{"typeName":"{{{type}}}","expression":{"type":"{{{(type == "Int64" ? "Literal" : "Object")}}}","value":"{{{value}}}"}},
            """, Answer("'the workflow says no'"), port);
        using var answer = await _node.Http.PostAsync($"workflows/way-{input}", Form("notes.txt", "text/plain", 1000));
        (await answer.Content.ReadAsStringAsync()).ShouldBe("the workflow says no");
    }

    [Fact]
    public async Task A_body_that_hides_its_size_is_cut_off_at_the_limit_too()
    {
        await PublishAsync("chunked", "chunked", "POST", """ "requestSizeLimit":{"typeName":"Int64","expression":{"type":"Literal","value":"500"}}, """, Answer("'taken'"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "workflows/chunked") { Content = new StringContent(new string('x', 5000)) };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await _node.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_policy_that_nobody_knows_lets_nobody_in()
    {
        await PublishAsync("policy", "policy", "GET", """ "policy":{"typeName":"String","expression":{"type":"Literal","value":"Bosses"}}, """, Answer("'in'"));
        (await _node.Http.GetAsync("workflows/policy")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_told_so_and_its_run_is_cancelled()
    {
        await using var checkpoint = await Checkpoint.StartAsync();
        await PublishAsync("slow", "slow", "GET", """ "requestTimeout":{"typeName":"TimeSpan","expression":{"type":"Literal","value":"00:00:00.2"}}, """, Definitions.Call("a", checkpoint.Address + "/slow"));
        using var answer = await _node.Http.GetAsync("workflows/slow");
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestTimeout);
    }

    [Fact]
    public async Task A_file_can_be_sent_and_its_rest_asked_for()
    {
        await PublishAsync("file", "file", "GET", "", File("'hello world'", "hello.txt"));
        using var whole = await _node.Http.GetAsync("workflows/file");
        whole.Content.Headers.ContentDisposition!.FileName!.Trim('"').ShouldBe("hello.txt");
        whole.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        (await whole.Content.ReadAsStringAsync()).ShouldBe("hello world");

        using var request = new HttpRequestMessage(HttpMethod.Get, "workflows/file") { Headers = { Range = new(6, null), IfRange = new(whole.Headers.ETag!) } };
        using var rest = await _node.Http.SendAsync(request);
        rest.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await rest.Content.ReadAsStringAsync()).ShouldBe("world");
    }

    [Fact]
    public async Task Several_files_are_sent_as_one_archive_which_is_the_same_each_time()
    {
        await PublishAsync("files", "files", "GET", "", File("['one', 'two']", ""));
        var first = await _node.Http.GetByteArrayAsync("workflows/files");
        using var archive = new System.IO.Compression.ZipArchive(new MemoryStream(first));
        archive.Entries.Select(x => x.Name).ShouldBe(["file.txt", "2-file.txt"]);
        (await _node.Http.GetByteArrayAsync("workflows/files")).ShouldBe(first);
    }

    [Fact]
    public async Task Nothing_to_send_is_an_answer_without_content()
    {
        await PublishAsync("nothing", "nothing", "GET", "", File("null", ""));
        (await _node.Http.GetAsync("workflows/nothing")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static MultipartFormDataContent Form(string name, string type, int size)
    {
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(new string('x', size))) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        return new() { { new StringContent("Report"), "title" }, { file, "file", name } };
    }

    private static string Answer(string script) => Definitions.Activity("a", "Elsa.WriteHttpResponse", $$$"""
        "content":{"typeName":"Object","expression":{"type":"JavaScript","value":"{{{script}}}"}},"contentType":{"typeName":"String","expression":{"type":"Literal","value":"text/plain"}}
        """);

    private static string File(string script, string name) => Definitions.Activity("a", "Elsa.WriteFileHttpResponse", $$$"""
        "content":{"typeName":"Object","expression":{"type":"JavaScript","value":"{{{script}}}"}},{{{Definitions.Literal("filename", name)}}}
        """);

    private Task PublishAsync(string id, string path, string methods, string inputs, string then, string port = "Done", bool files = false) => _node.PublishAsync($$$"""
        {"model":{"definitionId":"{{{id}}}","name":"{{{id}}}","variables":[{"id":"Files","name":"Files","typeName":"Object","storageDriverTypeName":"Elsa.Workflows.MemoryStorageDriver, Elsa.Workflows.Core"}],
        "root":{"id":"f","type":"Elsa.Flowchart","version":1,"activities":[{"id":"t","type":"Elsa.HttpEndpoint","version":1,"customProperties":{"canStartWorkflow":true},{{{inputs}}}
          "supportedMethods":{"typeName":"List<String>","expression":{"type":"Object","value":"[\"{{{methods}}}\"]"}},{{{(files ? "\"files\":{\"typeName\":\"FormFile[]\",\"memoryReference\":{\"id\":\"Files\"}}," : "")}}}
          {{{Definitions.Literal("path", path)}}} },{{{then}}}],
        "connections":[{"source":{"activity":"t","port":"{{{port}}}"},"target":{"activity":"a","port":"In"} }]} },"publish":true}
        """);
}
