using Xunit;
using System.Net;

namespace AgentOS.Studio.Tests.Pages;

public sealed class StaticFileTests(RecordedServer server) : IClassFixture<RecordedServer>
{
    private const string Runtime = "/studio/_framework/blazor.webassembly.js";
    private readonly HttpClient _http = new() { BaseAddress = new(server.Address) };

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("identity", null)]
    public async Task A_file_is_sent_as_it_was_compressed_in_the_package(string accepted, string? sent)
    {
        using var response = await GetAsync(Runtime, ("Accept-Encoding", accepted));

        response.Content.Headers.ContentEncoding.SingleOrDefault().ShouldBe(sent);
        response.Headers.Vary.ShouldContain("Accept-Encoding");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
    }

    [Fact]
    public async Task A_name_with_a_fingerprint_is_kept_for_ever()
    {
        var page = await _http.GetStringAsync("/studio/workflows");
        var module = page.Split('"').Single(part => part.Contains("_framework/dotnet.runtime.", StringComparison.Ordinal));

        (await GetAsync(module)).Headers.CacheControl!.ToString().ShouldContain("immutable");
    }

    [Fact]
    public async Task A_name_without_a_fingerprint_is_asked_for_again_and_costs_nothing_when_it_is_the_same()
    {
        using var first = await GetAsync(Runtime);
        using var again = await GetAsync(Runtime, ("If-None-Match", first.Headers.ETag!.ToString()));

        first.Headers.CacheControl!.NoCache.ShouldBeTrue();
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await GetAsync(Runtime + "?v=3.8.2")).Headers.CacheControl!.ToString().ShouldContain("immutable");
    }

    [Theory]
    [InlineData("/studio/..%2f..%2f..%2fpackage.json")]
    [InlineData("/studio/_framework/%2e%2e/package.json")]
    [InlineData("/studio/_framework/..%5c..%5cpackage.json")]
    [InlineData("/studio/fonts/..%2fpackage.json")]
    [InlineData("/studio/assets/..%2fsite.css")]
    [InlineData("/studio/_framework/no-such-file.wasm")]
    public async Task Nothing_outside_of_the_package_is_served(string address) =>
        (await GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    [Fact]
    public async Task WebAssembly_has_its_media_type()
    {
        var boot = await _http.GetStringAsync("/studio/_framework/dotnet.js");
        var start = boot.IndexOf("\"dotnet.native.", StringComparison.Ordinal) + 1;
        var name = boot[start..boot.IndexOf('"', start)];

        (await GetAsync("/studio/_framework/" + name)).Content.Headers.ContentType!.MediaType.ShouldBe(name.EndsWith(".wasm", StringComparison.Ordinal) ? "application/wasm" : "text/javascript");
    }

    private async Task<HttpResponseMessage> GetAsync(string address, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Relative));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(request);
    }
}
