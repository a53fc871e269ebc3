using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AgentOS.Server.Hosting.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

/// <summary>Who may call, and from where: held for every route that exists, not for a list of them.</summary>
public class AccessTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Every_route_but_health_refuses_a_caller_without_a_credential()
    {
        using var client = server.Anyone();
        foreach (var (method, path) in Routes()) (await StatusAsync(client, method, path)).ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
    }

    [Theory]
    [InlineData("Bearer", "wrong")]
    [InlineData("ApiKey", "00000000-0000-0000-0000-000000000000")]
    [InlineData("Basic", "YWRtaW46cGFzc3dvcmQ=")]
    public async Task Every_route_but_health_refuses_a_wrong_credential(string scheme, string value)
    {
        using var client = server.Anyone();
        client.DefaultRequestHeaders.Authorization = new(scheme, value);
        client.DefaultRequestHeaders.Add("Cookie", $"{OwnerAuthentication.Cookie}=4000000000.00.00");
        foreach (var (method, path) in Routes()) (await StatusAsync(client, method, path)).ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
    }

    [Fact]
    public async Task Every_route_refuses_the_page_of_another_site_even_with_the_credential()
    {
        foreach (var origin in (string[])["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example"])
        {
            using var client = server.Owner();
            client.DefaultRequestHeaders.Add("Origin", origin);
            foreach (var (method, path) in Routes()) (await StatusAsync(client, method, path)).ShouldBe(HttpStatusCode.Forbidden, $"{origin}: {method} {path}");
        }
    }

    [Fact]
    public async Task Every_route_refuses_a_name_that_is_not_the_servers_so_that_a_name_cannot_be_rebound_to_it()
    {
        using var client = server.Owner();
        client.DefaultRequestHeaders.Host = "evil.example";
        foreach (var (method, path) in Routes().Append(("GET", "/health"))) (await StatusAsync(client, method, path)).ShouldBe(HttpStatusCode.MisdirectedRequest, $"{method} {path}");
    }

    [Fact]
    public async Task What_does_not_exist_is_told_to_the_owner_only()
    {
        using var anyone = server.Anyone();
        using var owner = server.Owner();

        (await StatusAsync(anyone, "GET", "/api/nothing")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(owner, "GET", "/api/nothing")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Health_needs_no_credential()
    {
        using var client = server.Anyone();
        (await StatusAsync(client, "GET", "/health")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("ApiKey")]
    [InlineData("bearer")]
    public async Task The_token_opens_in_the_forms_that_clients_send(string scheme)
    {
        using var client = server.Anyone();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(scheme, server.Token);
        client.DefaultRequestHeaders.Add("Origin", server.Url.GetLeftPart(UriPartial.Authority));
        (await StatusAsync(client, "GET", "/openapi/v1.json")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_link_opens_one_session_once()
    {
        using var owner = server.Owner();
        using var made = await owner.PostAsync("/api/links", null);
        var link = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("url").GetString()!;
        using var browser = server.Anyone();

        using var opened = await browser.GetAsync(link);
        opened.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        opened.Headers.Location!.ToString().ShouldBe("/");
        var cookie = opened.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=lax");

        (await StatusAsync(browser, "GET", link)).ShouldBe(HttpStatusCode.Unauthorized);
        browser.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        (await StatusAsync(browser, "GET", "/openapi/v1.json")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_refusal_is_a_problem_document_that_says_what_to_do()
    {
        using var client = server.Anyone();
        using var answer = await client.GetAsync("/openapi/v1.json");

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        problem.GetProperty("status").GetInt32().ShouldBe(401);
        problem.GetProperty("detail").GetString()!.ShouldContain("agentos dashboard");
    }

    [Fact]
    public async Task A_browser_without_a_session_gets_a_page_that_says_what_to_do()
    {
        using var client = server.Anyone();
        client.DefaultRequestHeaders.Accept.Add(new("text/html"));
        using var answer = await client.GetAsync("/");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await answer.Content.ReadAsStringAsync()).ShouldContain("agentos dashboard");
    }

    private List<(string Method, string Path)> Routes()
    {
        var found = server.App.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            // Elsa's clients show their credential in the body of the second.
            .Where(route => route.RoutePattern.RawText is not ("/health" or "/elsa/api/identity/login"))
            .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]).Select(method => (Method: method, Path: PathOf(route))))
            .Distinct().ToList();
        found.Count.ShouldBeGreaterThan(3);
        return found;
    }

    // Any value will do: the credential is looked at before it.
    private static string PathOf(RouteEndpoint route) => "/" + string.Join('/', route.RoutePattern.PathSegments.Select(segment =>
        string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
            _ => "0197d1f2-0000-7000-8000-000000000000",
        }))));

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
