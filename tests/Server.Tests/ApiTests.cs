using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentOS.Kernel.Messages;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>The nouns over HTTP, and what becomes of bad input.</summary>
public class ApiTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private readonly HttpClient _client = server.Owner();

    [Fact]
    public async Task A_task_is_made_found_by_its_first_letters_changed_and_cancelled()
    {
        var id = (await PostAsync("/api/tasks", new { title = "  Add a button ", priority = 3, budget_usd = 1.5 }, HttpStatusCode.Created)).GetProperty("id").GetString()!;

        var shown = await GetAsync($"/api/tasks/{id[..20]}");
        shown.GetProperty("task").GetProperty("title").GetString().ShouldBe("Add a button");
        shown.GetProperty("task").GetProperty("budget_usd").GetDecimal().ShouldBe(1.5m);

        using var edited = await _client.PatchAsJsonAsync($"/api/tasks/{id}", new { priority = 7 });
        (await JsonAsync(edited)).GetProperty("priority").GetInt32().ShouldBe(7);

        var ended = await PostAsync($"/api/tasks/{id}/cancel", new { reason = "not needed" });
        ended.GetProperty("tasks")[0].GetString().ShouldBe(id);
        (await PostAsync($"/api/tasks/{id}/retry", new { }, HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain("cancelled");
    }

    [Fact]
    public async Task The_same_task_sent_twice_is_made_once()
    {
        var task = new { id = Guid.CreateVersion7(), title = "Once" };
        await PostAsync("/api/tasks", task, HttpStatusCode.Created);
        await PostAsync("/api/tasks", task, HttpStatusCode.Created);

        (await GetAsync("/api/tasks")).EnumerateArray().Count(each => each.GetProperty("id").GetGuid() == task.id).ShouldBe(1);
    }

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("[]", "JSON")]
    [InlineData("{}", "'title'")]
    [InlineData("""{"title":"   "}""", "'title'")]
    [InlineData("""{"title":"x","colour":"red"}""", "colour")]
    [InlineData("""{"title":7}""", "title")]
    [InlineData("""{"title":"x","priority":"high"}""", "priority")]
    [InlineData("""{"title":"x","budget_usd":-1}""", "'budget_usd'")]
    [InlineData("""{"title":"x","max_attempts":0}""", "'max_attempts'")]
    [InlineData("""{"title":"x","repository":"relative/path"}""", "whole path")]
    public async Task A_body_that_cannot_be_taken_is_refused_with_the_reason(string body, string reason)
    {
        using var answer = await _client.PostAsync("/api/tasks", new StringContent(body, Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await JsonAsync(answer)).GetProperty("detail").GetString()!.ShouldContain(reason);
    }

    [Theory]
    [InlineData("/api/tasks?status=finished", 400)]
    [InlineData("/api/tasks?limit=0", 400)]
    [InlineData("/api/tasks?limit=many", 400)]
    [InlineData("/api/tasks?assignee=nobody", 404)]
    [InlineData("/api/tasks/xyz", 400)]
    [InlineData("/api/tasks/0197d1f2-0000-7000-8000-000000000000", 404)]
    [InlineData("/api/goals/0197d1f2-0000-7000-8000-000000000000", 404)]
    [InlineData("/api/agents/nobody", 404)]
    [InlineData("/api/repositories/nothing", 404)]
    [InlineData("/api/evidence", 400)]
    [InlineData("/api/model-calls", 400)]
    [InlineData("/api/sessions/0197d1f2-0000-7000-8000-000000000000/transcript", 404)]
    [InlineData("/api/lessons?repository=%00", 404)]
    public async Task A_question_that_has_no_answer_gets_a_problem_document(string path, int status)
    {
        using var answer = await _client.GetAsync(path);

        ((int)answer.StatusCode).ShouldBe(status);
        (await JsonAsync(answer)).GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_repository_is_looked_at_before_it_is_managed()
    {
        using var folder = new TemporaryFolder();
        await PostAsync("/api/repositories", new { path = folder.In("missing") }, HttpStatusCode.BadRequest);
        (await PostAsync("/api/repositories", new { path = folder.Path }, HttpStatusCode.BadRequest)).GetProperty("detail").GetString()!.ShouldContain("git init");

        await Git.RunAsync(folder.Path, "init", "-q", "-b", "main");
        (await PostAsync("/api/repositories", new { path = folder.Path }, HttpStatusCode.BadRequest)).GetProperty("detail").GetString()!.ShouldContain("no commits");

        await Git.RunAsync(folder.Path, "commit", "-q", "--allow-empty", "-m", "first");
        var added = await PostAsync("/api/repositories", new { path = folder.Path }, HttpStatusCode.Created);
        added.GetProperty("default_branch").GetString().ShouldBe("main");
        var again = await PostAsync("/api/repositories", new { path = folder.Path + "/" }, HttpStatusCode.Created);
        again.GetProperty("id").GetString().ShouldBe(added.GetProperty("id").GetString());

        using var removed = await _client.DeleteAsync($"/api/repositories/{added.GetProperty("id").GetString()}");
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("""{"settings":{"network":"sometimes"}}""", "network")]
    [InlineData("""{"settings":{"folders":{"read":["relative"]}}}""", "relative")]
    [InlineData("""{"settings":{"limits":{"memory_mb":0}}}""", "memory_mb")]
    [InlineData("""{"settings":{"trust":true}}""", "trust")]
    [InlineData("""{"settings":{"environment":{"A B":"c"}}}""", "A B")]
    [InlineData("""{"checks":{"deploy":"rm -rf /"}}""", "deploy")]
    [InlineData("""{"default_branch":"nowhere"}""", "nowhere")]
    public async Task What_loosens_the_sandbox_is_checked_when_it_is_set(string body, string reason)
    {
        using var folder = new TemporaryFolder();
        await Git.RunAsync(folder.Path, "init", "-q", "-b", "main");
        await Git.RunAsync(folder.Path, "commit", "-q", "--allow-empty", "-m", "first");
        var id = (await PostAsync("/api/repositories", new { path = folder.Path }, HttpStatusCode.Created)).GetProperty("id").GetString();

        using var answer = await _client.PatchAsync($"/api/repositories/{id}", new StringContent(body, Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await JsonAsync(answer)).GetProperty("detail").GetString()!.ShouldContain(reason);
    }

    [Fact]
    public async Task A_question_of_an_agent_is_answered_once()
    {
        var task = (await PostAsync("/api/tasks", new { title = "Ask" }, HttpStatusCode.Created)).GetProperty("id").GetGuid();
        var question = await server.App.Services.GetRequiredService<MessageStore>().SendAsync(new(MessageType.Question, "Which colour?") { TaskId = task });

        (await GetAsync($"/api/questions?task={task}"))[0].GetProperty("content").GetString().ShouldBe("Which colour?");
        (await PostAsync($"/api/questions/{question.Id}/answer", new { content = "Blue" })).GetProperty("in_reply_to").GetGuid().ShouldBe(question.Id);
        await PostAsync($"/api/questions/{question.Id}/answer", new { content = "Red" }, HttpStatusCode.Conflict);
        (await GetAsync($"/api/questions?task={task}")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task An_agent_gets_a_model_that_exists_and_a_name_that_is_free()
    {
        var made = await PostAsync("/api/agents", new { name = "Ada" }, HttpStatusCode.Created);
        made.GetProperty("role").GetString().ShouldBe("worker");
        made.GetProperty("model").GetString().ShouldNotBeNullOrEmpty();
        await PostAsync("/api/agents", new { name = "Ada" }, HttpStatusCode.Conflict);
        (await PostAsync("/api/agents", new { name = "Bob", model = "nothing-9" }, HttpStatusCode.BadRequest)).GetProperty("detail").GetString()!.ShouldContain("nothing-9");

        (await PostAsync("/api/agents/Ada/pause", null)).GetProperty("paused").GetBoolean().ShouldBeTrue();
        (await GetAsync("/api/agents/status")).EnumerateArray().Select(agent => agent.GetProperty("name").GetString()).ShouldContain("Ada");
    }

    [Fact]
    public async Task Events_come_as_they_happen_and_go_on_where_the_reader_was()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var first = (await PostAsync("/api/tasks", new { title = "First" }, HttpStatusCode.Created)).GetProperty("id").GetString()!;
        var seen = (await GetAsync($"/api/log?task={first}"))[0].GetProperty("position").GetInt64();

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/events") { Headers = { { "Last-Event-ID", $"{seen}" } } };
        using var stream = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        stream.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var second = (await PostAsync("/api/tasks", new { title = "Second" }, HttpStatusCode.Created)).GetProperty("id").GetString()!;
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(limit.Token));

        string? line, id = null;
        while ((line = await lines.ReadLineAsync(limit.Token)) is not null && !line.Contains(second, StringComparison.Ordinal))
        {
            line.ShouldNotContain(first);
            if (line.StartsWith("id:", StringComparison.Ordinal)) id = line;
        }

        line.ShouldNotBeNull().ShouldStartWith("data:");
        (id ?? await lines.ReadLineAsync(limit.Token)).ShouldNotBeNull().ShouldStartWith("id:");
    }

    [Fact]
    public async Task The_document_of_the_api_names_every_route()
    {
        var paths = (await GetAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();

        foreach (var noun in (string[])["tasks", "goals", "agents", "repositories", "messages", "questions", "log", "events", "sessions", "model-calls", "costs", "evidence", "merges", "lessons", "schedules"])
            paths.ShouldContain(path => path.StartsWith($"/api/{noun}", StringComparison.Ordinal), noun);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _client.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await JsonAsync(answer);
    }

    private async Task<JsonElement> PostAsync(string path, object? body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await _client.PostAsJsonAsync(path, body);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        return await JsonAsync(answer);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
}
