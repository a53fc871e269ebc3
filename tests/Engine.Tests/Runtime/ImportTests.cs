using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace AgentOS.Engine.Tests.Runtime;

/// <summary>Exported instances that come back, and files that only look like some.</summary>
public sealed class ImportTests(EngineNodeFixture fixture) : IClassFixture<EngineNodeFixture>
{
    private readonly EngineProcess _node = fixture.Node;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_instance_that_was_exported_and_deleted_comes_back_and_goes_on(bool zipped)
    {
        var definition = zipped ? "travels-zipped" : "travels";
        await _node.PublishAsync(Definitions.Sequence(definition, $"{Definitions.Event("e", definition)},{Definitions.WriteLine("b")}"));
        using var started = await _node.PostAsync($"elsa/api/workflow-definitions/{definition}/execute");
        var id = started.Headers.GetValues("x-elsa-workflow-instance-id").Single();
        var file = await _node.Http.GetByteArrayAsync($"elsa/api/workflow-instances/{id}/export");
        using (await _node.Http.DeleteAsync($"elsa/api/workflow-instances/{id}")) { }

        using var imported = await SendAsync(zipped ? "some.zip" : "one.json", zipped ? Zip(("one.json", file)) : file);
        (await imported.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("imported").GetInt32().ShouldBe(1);
        using (await _node.PostAsync($"elsa/api/events/{definition}/trigger")) { }

        var end = DateTime.UtcNow + TimeSpan.FromSeconds(30);
        while ((await _node.Http.GetFromJsonAsync<JsonElement>($"elsa/api/workflow-instances/{id}")).GetProperty("subStatus").GetString() != "Finished")
        {
            (DateTime.UtcNow < end).ShouldBeTrue();
            await Task.Delay(50);
        }
    }

    [Theory]
    [InlineData("one.json", "{}", "no exported instance")]
    [InlineData("one.json", "{bad", "no JSON")]
    [InlineData("one.json", """{"WorkflowState":7}""", "no exported instance")]
    [InlineData("one.json", """{"WorkflowState":{"definitionId":"x"}}""", "no state")]
    [InlineData("one.json", """{"WorkflowState":{"id":"q","bookmarks":[{"id":5}]}}""", "cannot be imported")]
    [InlineData("one.json", """{"WorkflowState":{"id":"q","status":"Finished","subStatus":"Suspended","definitionVersionId":"x","definitionId":"x"}}""", "cannot be imported")]
    [InlineData("one.zip", "PK no zip", "no zip")]
    public async Task A_file_that_is_no_instance_is_refused_with_the_reason(string name, string content, string reason)
    {
        using var answer = await SendAsync(name, Encoding.UTF8.GetBytes(content));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(reason);
        (await fixture.Database.ScalarAsync<long>("select count(*) from engine.workflow_instances where id = 'q'")).ShouldBe(0);
    }

    [Fact]
    public async Task Files_of_definitions_and_zips_of_them_come_in_together_or_not_at_all()
    {
        static byte[] File(string id) => Encoding.UTF8.GetBytes($$"""{"name":"{{id}}","root":{"id":"s","type":"Elsa.Sequence","version":1,"activities":[]},"definitionId":"{{id}}"}""");
        using var form = new MultipartFormDataContent("b") { { new ByteArrayContent(File("file-1")), "files", "one.json" }, { new ByteArrayContent(Zip(("a.json", File("file-2")), ("b.json", File("file-3")), ("read.me", [1]))), "files", "more.zip" } };
        using var imported = await _node.Http.PostAsync("elsa/api/workflow-definitions/import-files", form);
        (await imported.Content.ReadAsStringAsync()).ShouldBe("""{"count":3}""");
        foreach (var id in (string[])["file-1", "file-2", "file-3"]) (await _node.Http.GetFromJsonAsync<JsonElement>($"elsa/api/workflow-definitions/by-definition-id/{id}")).GetProperty("isPublished").GetBoolean().ShouldBeFalse();

        using var broken = new MultipartFormDataContent("b") { { new ByteArrayContent(File("file-4")), "files", "good.json" }, { new ByteArrayContent("""{"root":7}"""u8.ToArray()), "files", "bad.json" } };
        using var refused = await _node.Http.PostAsync("elsa/api/workflow-definitions/import-files", broken);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("bad.json");
        (await _node.Http.GetAsync("elsa/api/workflow-definitions/by-definition-id/file-4")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_zip_that_grows_when_it_is_unpacked_is_not_unpacked_to_its_end()
    {
        var zip = Zip(("bomb.json", new byte[200 * 1024 * 1024]));
        zip.Length.ShouldBeLessThan(1024 * 1024);
        using var answer = await SendAsync("bomb.zip", zip);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("MB");
    }

    [Fact]
    public async Task A_form_with_a_thousand_parts_too_many_is_refused()
    {
        using var form = new MultipartFormDataContent("b");
        for (var i = 0; i < 3000; i++) form.Add(new StringContent("{}"), "files", $"{i}.json");
        using var answer = await _node.Http.PostAsync("elsa/api/bulk-actions/import/workflow-instances", form);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<HttpResponseMessage> SendAsync(string name, byte[] content)
    {
        using var form = new MultipartFormDataContent("b") { { new ByteArrayContent(content), "files", name } };
        return await _node.Http.PostAsync("elsa/api/bulk-actions/import/workflow-instances", form);
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        return stream.ToArray();
    }
}
