using Xunit;
using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace AgentOS.Studio.Tests.Pages;

public sealed class ElementPageTests(RecordedServer server, Browser browser, ITestOutputHelper output) : IClassFixture<RecordedServer>
{
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new(server.Address) };

    [Theory]
    [InlineData("/studio/workflows/definitions/abc/edit", "/studio/workflows/abc")]
    [InlineData("/studio/workflows/instances/abc/view", "/studio/instances/abc")]
    [InlineData("/studio", "/studio/workflows")]
    public async Task The_addresses_that_Studio_writes_lead_to_our_pages(string asked, string led)
    {
        using var response = await _http.GetAsync(new Uri(asked, UriKind.Relative));

        response.Headers.Location!.ToString().ShouldBe(led);
    }

    [Fact]
    public async Task Scripts_run_by_a_nonce_of_this_one_answer()
    {
        using var first = await _http.GetAsync(new Uri("/studio/instances", UriKind.Relative));
        using var second = await _http.GetAsync(new Uri("/studio/instances", UriKind.Relative));
        var policy = first.Headers.GetValues("Content-Security-Policy").Single();

        policy.ShouldNotBe(second.Headers.GetValues("Content-Security-Policy").Single());
        policy.ShouldStartWith("default-src 'none'");
        policy.ShouldNotContain("http:");
        var scripts = policy.Split("; ").Single(directive => directive.StartsWith("script-src", StringComparison.Ordinal));
        scripts.ShouldNotContain("unsafe-inline");
        scripts.ShouldNotContain("unsafe-eval'; ");
        first.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task The_page_holds_no_credential()
    {
        var page = await _http.GetStringAsync("/studio/workflows/abc");

        page.ShouldNotContain("api-key");
        page.ShouldNotContain("access-token");
    }

    [Fact]
    public async Task The_assemblies_are_one_answer_for_a_browser_on_the_machine()
    {
        var address = Regex.Match(await _http.GetStringAsync("/studio/workflows"), "data-assemblies=\"([^\"]+)\"").Groups[1].Value;
        var all = await _http.GetByteArrayAsync(address);
        var head = BinaryPrimitives.ReadInt32LittleEndian(all);
        var at = sizeof(int) + head;
        var files = JsonSerializer.Deserialize<JsonElement[][]>(new MemoryStream(all, sizeof(int), head))!;
        files.Length.ShouldBeGreaterThan(100);
        foreach (var file in files)
        {
            var length = file[1].GetInt32();
            if (length < 10_000) all[at..(at + length)].ShouldBe(await _http.GetByteArrayAsync($"/studio/_framework/{file[0]}"), $"{file[0]}");
            at += length;
        }

        at.ShouldBe(all.Length);
        using var other = await _http.GetAsync(new Uri(address + "0", UriKind.Relative));
        other.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_browser_elsewhere_gets_each_assembly_compressed()
    {
        await using var visit = await browser.VisitAsync(server.Address, options => options.ExtraHTTPHeaders = [new("X-Forwarded-For", "192.0.2.7")]);
        await visit.Page.GotoAsync("/studio/workflows");
        await visit.Page.GetByText("fa9e7a1571b8c794").WaitForAsync();
        (await visit.Page.EvaluateAsync<bool>("performance.getEntriesByType('resource').some(one => /_framework\\/System.Private.CoreLib.*wasm/.test(one.name) && one.encodedBodySize < one.decodedBodySize)")).ShouldBeTrue();
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_person_goes_from_the_list_to_the_designer_and_on_to_the_instances_without_a_reload()
    {
        const string designer = "/studio/workflows/fa9e7a1571b8c794";
        await using var visit = await browser.VisitAsync(server.Address);
        var page = visit.Page;
        // From the start of the navigation until it was painted, by the page's own clock: Playwright looks again only after up to half a second.
        await page.AddInitScriptAsync(
            """
            window.listed = new Promise(done => {
                const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now())));
                const look = () => document.body?.textContent.includes('fa9e7a1571b8c794') ? painted() : requestAnimationFrame(look);
                look();
            });
            """);
        output.WriteLine($"The list with an empty cache: {await ListedAsync():0.00} s");
        await page.EvaluateAsync("window.stillTheSamePage = true");

        await page.GetByText("fa9e7a1571b8c794").ClickAsync();
        await DesignerAsync();
        await visit.PictureAsync("designer");

        await InstancesAsync();
        await page.GoBackAsync();
        await DesignerAsync();

        // What Studio pushes into the history becomes our address.
        foreach (var pushed in new[] { "workflows/definitions/fa9e7a1571b8c794/edit", "/workflows/definitions/fa9e7a1571b8c794/edit" })
        {
            await InstancesAsync();
            await page.EvaluateAsync("address => history.pushState(null, '', address)", pushed);
            await DesignerAsync();
        }

        (await page.EvaluateAsync<bool>("window.stillTheSamePage")).ShouldBeTrue();
        output.WriteLine($"The list with a warm one: {await ListedAsync():0.00} s");
        (await page.EvaluateAsync<bool>("performance.getEntriesByType('resource').some(one => /_framework.*System.Private.CoreLib/.test(one.name))")).ShouldBeFalse("it came with all others");
        visit.Errors.ShouldBeEmpty();
        visit.Foreign.ShouldBeEmpty();

        async Task<double> ListedAsync()
        {
            await page.GotoAsync("/studio/workflows", new() { WaitUntil = WaitUntilState.Commit });
            return await page.EvaluateAsync<double>("() => window.listed") / 1000;
        }

        async Task DesignerAsync()
        {
            await page.GetByText("Code view").WaitForAsync();
            await page.Locator(".elsa-activity").First.WaitForAsync();
            visit.Path.ShouldBe(designer);
        }

        async Task InstancesAsync()
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "More pages" }).ClickAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = "Instances" }).ClickAsync();
            await page.GetByText("5a5fcf95058c68b8").WaitForAsync();
            visit.Path.ShouldBe("/studio/instances");
        }
    }
}
