using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using AgentOS.Kernel.Access;
using AgentOS.Server.Api;
using AgentOS.Server.Cli;
using AgentOS.Server.Hosting.Access;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>Browsers that are signed in: seen, and signed out at once.</summary>
public sealed class BrowserTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_browser_is_listed_with_where_it_came_from_and_is_refused_once_it_is_signed_out()
    {
        using var browser = await SignInAsync("Firefox/1.0");
        using var owner = server.Owner();

        var listed = (await browser.GetFromJsonAsync<List<SignedIn>>("/api/browsers", ApiClient.Json))!.Single(one => one.IsThis);
        (listed.UserAgent, listed.Address).ShouldBe(("Firefox/1.0", "127.0.0.1"));
        (await owner.DeleteAsync($"/api/browsers/{listed.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await browser.GetAsync("/api/browsers")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await owner.DeleteAsync($"/api/browsers/{listed.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await owner.GetFromJsonAsync<List<SignedIn>>("/api/browsers", ApiClient.Json))!.ShouldNotContain(one => one.Id == listed.Id);
    }

    [Fact]
    public async Task What_a_browser_holds_open_is_cut_when_it_is_signed_out_also_by_another_node()
    {
        using var browser = await SignInAsync("Firefox/2.0");
        using var events = await browser.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await events.Content.ReadAsStreamAsync();
        var buffer = new byte[1000];
        (await body.ReadAsync(buffer)).ShouldBeGreaterThan(0);
        var id = (await server.App.Services.GetRequiredService<BrowserSessionStore>().ListAsync()).Single(one => one.UserAgent == "Firefox/2.0").Id;

        // As another node does it: the row, and a notification.
        await server.App.Services.GetRequiredService<BrowserSessionStore>().RevokeAsync(id);

        await Should.ThrowAsync<Exception>(async () =>
        {
            while (await body.ReadAsync(buffer) > 0) { }
            throw new IOException("It ended in order, which is as good.");
        });
        (await browser.GetAsync("/api/browsers")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_hub_is_cut_and_all_others_go_while_the_callers_own_stays()
    {
        using var mine = await SignInAsync("Mine");
        using var other = await SignInAsync("Other");
        using var hub = new ClientWebSocket();
        hub.Options.SetRequestHeader("Cookie", Cookie(other));
        await hub.ConnectAsync(new UriBuilder(server.Url) { Scheme = "ws", Path = "/elsa/hubs/workflow-instance" }.Uri, CancellationToken.None);
        await hub.SendAsync("{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[1000];
        (await hub.ReceiveAsync(buffer, CancellationToken.None)).Count.ShouldBe(3); // the handshake is answered

        (await mine.DeleteAsync("/api/browsers?others=true")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Should.ThrowAsync<WebSocketException>(async () =>
        {
            while ((await hub.ReceiveAsync(buffer, CancellationToken.None)).MessageType != WebSocketMessageType.Close) { }
            throw new WebSocketException("It ended in order, which is as good.");
        });
        (await other.GetAsync("/api/browsers")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await mine.GetAsync("/api/browsers")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("0197d1f2000070008000000000000000.zz")]
    [InlineData("0197d1f2000070008000000000000000.00000000000000000000000000000000000000000000000000000000000000zz")]
    public async Task A_cookie_that_is_none_is_refused(string cookie)
    {
        using var client = server.Anyone();
        client.DefaultRequestHeaders.Add("Cookie", $"{OwnerAuthentication.Cookie}={cookie}");
        (await client.GetAsync("/api/browsers")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_secret_of_one_session_does_not_open_another()
    {
        using var one = await SignInAsync("A");
        using var other = await SignInAsync("B");
        (await one.GetAsync("/api/browsers")).StatusCode.ShouldBe(HttpStatusCode.OK); // known to the process from now on
        using var mixed = server.Anyone();
        var (first, second) = (Cookie(one), Cookie(other));
        mixed.DefaultRequestHeaders.Add("Cookie", $"{first.Split('.')[0]}.{second.Split('.')[1]}");
        (await mixed.GetAsync("/api/browsers")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static string Cookie(HttpClient browser) => browser.DefaultRequestHeaders.GetValues("Cookie").Single();

    private async Task<HttpClient> SignInAsync(string agent)
    {
        using var owner = server.Owner();
        using var made = await owner.PostAsync("/api/links", null);
        var link = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("url").GetString()!;
        var browser = server.Anyone();
        browser.DefaultRequestHeaders.UserAgent.ParseAdd(agent);
        using var opened = await browser.GetAsync(link);
        browser.DefaultRequestHeaders.Add("Cookie", opened.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        return browser;
    }
}

/// <summary>On a server of its own: it changes the credential of all.</summary>
public sealed class TokenTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_rotated_token_is_in_the_data_folder_and_the_old_one_is_refused()
    {
        using var old = server.Owner();
        var before = server.Token;

        (await server.Cli.RunAsync("token", "rotate")).ExitCode.ShouldBe(0);

        server.Token.ShouldNotBe(before);
        (await old.GetAsync("/api/tasks")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var anew = server.Owner();
        (await anew.GetAsync("/api/tasks")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
