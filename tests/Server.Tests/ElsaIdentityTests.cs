using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>Elsa's clients sign in with the owner's token as the password, and are answered as a server of Elsa's answers.</summary>
public class ElsaIdentityTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task The_owners_token_is_the_password_and_what_is_given_back_opens_the_api()
    {
        using var client = server.Anyone();
        using var login = await client.PostAsJsonAsync("/elsa/api/identity/login", new { username = "admin", password = server.Token });
        var answer = await login.Content.ReadFromJsonAsync<JsonElement>();
        answer.GetProperty("isAuthenticated").GetBoolean().ShouldBeTrue();
        answer.GetProperty("refreshToken").GetString().ShouldNotBeNullOrEmpty();

        client.DefaultRequestHeaders.Authorization = new("Bearer", answer.GetProperty("accessToken").GetString());
        using var refreshed = await client.PostAsync(new Uri("/elsa/api/identity/refresh-token", UriKind.Relative), null);
        (await refreshed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("isAuthenticated").GetBoolean().ShouldBeTrue();
        using var list = await client.GetAsync(new Uri("/elsa/api/workflow-definitions?versionOptions=Latest", UriKind.Relative));
        list.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("nope")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_wrong_password_is_told_with_a_good_status_and_no_token(string? password)
    {
        using var client = server.Anyone();
        using var login = await client.PostAsJsonAsync("/elsa/api/identity/login", new { username = "admin", password });
        login.StatusCode.ShouldBe(HttpStatusCode.OK);
        login.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await login.Content.ReadAsStringAsync()).ShouldBe("""{"isAuthenticated":false}""");
    }

    [Theory]
    [InlineData("a45-login", null)]
    [InlineData("a46-login-bad", null)]
    [InlineData("a47-refresh-token", "Bearer")]
    [InlineData("a50-err-unauthorized", "ApiKey wrong")]
    [InlineData("a51-err-noauth", null)]
    public async Task Who_signs_in_or_shows_nothing_gets_the_recorded_answer(string name, string? credential)
    {
        var recorded = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Recordings", name + ".json")))!.AsArray().Single()!;
        using var client = server.Anyone();
        if (credential is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", credential == "Bearer" ? $"Bearer {server.Token}" : credential);
        using var request = new HttpRequestMessage(new((string)recorded["method"]!), (string)recorded["path"]!);
        if (recorded["body"] is JsonObject body) request.Content = JsonContent.Create(name == "a45-login" ? new JsonObject { ["username"] = "admin", ["password"] = server.Token } : body.DeepClone());

        using var answer = await client.SendAsync(request);

        ((int)answer.StatusCode).ShouldBe((int)recorded["status"]!);
        foreach (var header in recorded["headers"]?.AsArray() ?? []) answer.Headers.Contains((string)header!).ShouldBeTrue((string?)header);
        if (recorded["response"] is not JsonObject expected) return;
        answer.Content.Headers.ContentType!.MediaType.ShouldBe((string?)recorded["contentType"]);
        var said = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        said.Select(member => member.Key).ShouldBe(expected.Select(member => member.Key));
        foreach (var (member, value) in expected) said[member]!.GetValueKind().ShouldBe(value!.GetValueKind(), member);
    }

    [Fact]
    public async Task The_socket_of_a_browser_that_cannot_send_headers_takes_the_token_from_its_address()
    {
        var hub = new UriBuilder(server.Url) { Scheme = "ws", Path = "/elsa/hubs/workflow-instance" };
        using var refused = new ClientWebSocket();
        (await Should.ThrowAsync<WebSocketException>(refused.ConnectAsync(hub.Uri, CancellationToken.None))).Message.ShouldContain("401");

        hub.Query = $"access_token={Uri.EscapeDataString(server.Token)}";
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(hub.Uri, CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, CancellationToken.None);
        var answer = new byte[64];
        var received = await socket.ReceiveAsync(answer, CancellationToken.None);
        Encoding.UTF8.GetString(answer, 0, received.Count).ShouldBe("{}\u001e");
    }
}
