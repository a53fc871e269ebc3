using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentOS.Kernel.Log;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Tasks;
using AgentOS.Kernel.Webhooks;
using AgentOS.Server.Api;
using AgentOS.Server.Cli;
using AgentOS.Server.Hosting;
using AgentOS.Server.Hosting.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>Notifications, to a receiver that is a real HTTP server.</summary>
public sealed class WebhookTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private readonly WebhookOptions _impatient = WebhookOptions.Default with { MostAttempts = 3, FirstPause = TimeSpan.Zero, LongestPause = TimeSpan.Zero };

    [Fact]
    public async Task A_question_reaches_the_owner_signed_and_the_secret_is_shown_once()
    {
        await using var receiver = await Receiver.StartAsync();
        var added = await AddAsync(new { url = $"{receiver.Url}/hook?key=hidden", events = (string[])["needs_you"], secret = (string?)null });
        added.Secret.ShouldNotBeNull();

        var task = await TaskAsync("Ask");
        await Service<MessageStore>().SendAsync(new(MessageType.Question, "Which colour?") { TaskId = task.Id });

        var got = await receiver.NextAsync();
        var body = JsonDocument.Parse(got.Body).RootElement;
        (body.GetProperty("event").GetString(), body.GetProperty("message").GetString(), body.GetProperty("task").GetProperty("title").GetString()).ShouldBe(("needs_you", "Which colour?", "Ask"));
        body.GetProperty("url").GetString()!.ShouldEndWith($"/tasks/{task.Id}");
        got.Headers[WebhookMessage.SignatureHeader].ShouldBe(WebhookMessage.Signature(added.Secret!, long.Parse(got.Headers[WebhookMessage.TimestampHeader], null), got.Body));
        got.Headers[WebhookMessage.DeliveryHeader].ShouldBe(body.GetProperty("id").GetString());
        using var owner = server.Owner();
        var listed = await owner.GetStringAsync("/api/webhooks");
        listed.ShouldNotContain("hidden");
        listed.ShouldNotContain(added.Secret!);
        await RemoveAsync(added);
    }

    [Fact]
    public async Task One_that_fails_is_told_again_with_the_same_id_and_given_up_visibly()
    {
        await using var receiver = await Receiver.StartAsync(HttpStatusCode.ServiceUnavailable);
        var added = await AddAsync(new { url = receiver.Url, events = (string[])["blocked"], secret = "mine" });
        added.Secret.ShouldBeNull("the caller knows it");
        var task = await TaskAsync("Blocks");
        await Service<TaskStore>().DoAsync(task.Id, new TaskCommand.Block("no key"));
        var duty = Duty();

        // The server's own duty, which has more patience, takes its turns too.
        Webhook hook;
        do
        {
            await DueAsync();
            await duty.RunOnceAsync(CancellationToken.None);
            hook = (await Service<WebhookStore>().ListAsync()).Single(one => one.Id == added.Webhook.Id);
        }
        while (hook.GaveUp == 0);

        (hook.Pending, hook.LastError).ShouldBe((0, "It answered 503."));
        receiver.All.Count.ShouldBeGreaterThanOrEqualTo(3);
        receiver.All.Select(got => got.Headers[WebhookMessage.DeliveryHeader]).Distinct().ShouldHaveSingleItem();
        (await Service<ActivityLog>().PageAsync(new() { EventPrefix = "webhook." })).ShouldContain(entry => entry.EventType == "webhook.gave_up");
        await RemoveAsync(added);
    }

    [Fact]
    public async Task Slack_gets_a_text_that_cannot_call_a_channel()
    {
        await using var receiver = await Receiver.StartAsync();
        var added = await AddAsync(new { url = receiver.Url, form = "slack", events = (string[])["needs_you"] });

        await Service<MessageStore>().SendAsync(new(MessageType.Question, "<!channel> a & b"));

        var text = JsonDocument.Parse((await receiver.NextAsync()).Body).RootElement.GetProperty("text").GetString()!;
        text.ShouldContain("&lt;!channel&gt; a &amp; b");
        text.ShouldStartWith("*AgentOS needs you*");
        await RemoveAsync(added);
    }

    [Fact]
    public async Task A_test_says_whether_it_was_taken_and_nothing_follows_a_redirection()
    {
        await using var receiver = await Receiver.StartAsync(HttpStatusCode.Found);
        var added = await AddAsync(new { url = receiver.Url, events = (string[])["budget"] });
        using var owner = server.Owner();
        using var tested = await owner.PostAsync($"/api/webhooks/{added.Webhook.Id}/test", null);
        (await tested.Content.ReadFromJsonAsync<WebhookTested>(ApiClient.Json)).ShouldBe(new(false, "It answered 302."));
        await RemoveAsync(added);
    }

    [Theory]
    [InlineData("ftp://example.org/")]
    [InlineData("https://user:word@example.org/")]
    [InlineData("nowhere")]
    public async Task An_address_that_cannot_be_is_refused(string url)
    {
        using var owner = server.Owner();
        using var answer = await owner.PostAsJsonAsync("/api/webhooks", new { url });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("word@");
    }

    [Fact]
    public void Pauses_double_up_to_the_longest_and_end()
    {
        var options = WebhookOptions.Default with { MostAttempts = 4, FirstPause = TimeSpan.FromSeconds(10), LongestPause = TimeSpan.FromSeconds(30) };
        Enumerable.Range(1, 4).Select(attempt => options.After(attempt, 0.5)?.TotalSeconds).ShouldBe([10, 20, 30, null]);
        (options.After(1, 0)!.Value.TotalSeconds, options.After(1, 1)!.Value.TotalSeconds).ShouldBe((8, 12));
    }

    private T Service<T>() where T : notnull => server.App.Services.GetRequiredService<T>();

    private WebhookDuty Duty() => new(Service<WebhookStore>(), Service<WebhookSender>(), _impatient, TimeProvider.System, Service<ILogger<WebhookDuty>>());

    private async Task<AddedWebhook> AddAsync(object body)
    {
        using var owner = server.Owner();
        using var answer = await owner.PostAsJsonAsync("/api/webhooks", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<AddedWebhook>(ApiClient.Json))!;
    }

    private Task RemoveAsync(AddedWebhook added) => Service<WebhookStore>().RemoveAsync(added.Webhook.Id);

    private Task<AgentTask> TaskAsync(string title) => Service<TaskStore>().CreateAsync(new(title));

    /// <summary>What waits for its pause is due now.</summary>
    private async Task DueAsync()
    {
        await using var command = Service<ServerDatabase>().DataSource.CreateCommand("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE state = 'pending'");
        await command.ExecuteNonQueryAsync();
    }

    private sealed record Got(Dictionary<string, string> Headers, string Body);

    private sealed class Receiver : IAsyncDisposable
    {
        private readonly BlockingCollection<Got> _got = [];
        private readonly SemaphoreSlim _arrived = new(0);
        private readonly WebApplication _app;

        private Receiver(HttpStatusCode answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            _app = builder.Build();
            _app.Urls.Add("http://127.0.0.1:0");
            _app.Run(async http =>
            {
                using var reader = new StreamReader(http.Request.Body);
                _got.Add(new(http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()), await reader.ReadToEndAsync()));
                http.Response.StatusCode = (int)answer;
                http.Response.Headers.Location = "/elsewhere";
                _arrived.Release();
            });
        }

        public string Url => _app.Urls.First();

        public IReadOnlyCollection<Got> All => [.. _got];

        public static async Task<Receiver> StartAsync(HttpStatusCode answer = HttpStatusCode.OK)
        {
            var receiver = new Receiver(answer);
            await receiver._app.StartAsync();
            return receiver;
        }

        public async Task<Got> NextAsync()
        {
            (await _arrived.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue("nothing arrived");
            return _got.Take();
        }

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            _got.Dispose();
            _arrived.Dispose();
        }
    }
}
