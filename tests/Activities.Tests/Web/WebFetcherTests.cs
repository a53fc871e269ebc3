using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AgentOS.Activities.Web;
using AgentOS.Net;

namespace AgentOS.Activities.Tests.Web;

/// <summary>127.0.0.2 plays the public internet, 127.0.0.1 the machine itself.</summary>
public sealed class WebFetcherTests : IDisposable
{
    private static readonly IPAddress Outside = IPAddress.Parse("127.0.0.2");

    private readonly PlainServer server = new(Outside);
    private readonly PlainServer secret = new(IPAddress.Loopback);
    private readonly Dictionary<string, IPAddress[]> names = new() { ["public.test"] = [Outside], ["private.test"] = [IPAddress.Loopback] };
    private readonly List<string> asked = [];

    public WebFetcherTests() => secret.Answer("/", "200 OK", "text/plain", "secret");

    public void Dispose()
    {
        server.Dispose();
        secret.Dispose();
    }

    private async Task<string> Fetch(string url, WebOptions? options = null)
    {
        using var web = new WebFetcher((options ?? new()) with
        {
            Resolve = (name, _) =>
            {
                asked.Add(name);
                return names.TryGetValue(name, out var found) ? Task.FromResult(found) : throw new SocketException((int)SocketError.HostNotFound);
            },
            IsReachable = address => address.Equals(Outside) || PublicAddress.IsPublic(address),
        });
        return ((JsonElement)(await new FetchUrlTool(web).AsFunction().InvokeAsync(new() { ["url"] = url }))!).GetString()!;
    }

    private string At(string path) => $"http://public.test:{server.Port}{path}";

    [Fact]
    public async Task A_page_becomes_readable_text()
    {
        var paragraph = string.Concat(Enumerable.Repeat("Some words that make a real paragraph of an article, with commas, and more. ", 12));
        server.Answer("/page", "200 OK", "text/html; charset=utf-8",
            $"<html><head><title>The title</title><script>evil()</script></head><body><nav>Menu</nav><article><h1>The title</h1><p>{paragraph}</p><h2>Use</h2><p>See <a href='/more'>more</a>, {paragraph}</p><pre>let x = 1;\nlet y;</pre><ul><li>one</li><li>two</li></ul></article></body></html>");

        var text = await Fetch(At("/page"));

        text.ShouldStartWith("# The title");
        text.ShouldContain("## Use");
        text.ShouldContain($"[more](http://public.test:{server.Port}/more)");
        text.ShouldContain("```\nlet x = 1;\nlet y;\n```");
        text.ShouldContain("- one\n- two");
        text.ShouldNotContain("evil");
        text.ShouldNotContain("Menu");
    }

    [Fact]
    public async Task Text_and_json_come_as_they_are_and_others_are_refused()
    {
        server.Answer("/json", "200 OK", "application/vnd.api+json", "{\"a\":1}");
        server.Answer("/latin", "200 OK", "text/plain; charset=iso-8859-1", "", Encoding.Latin1.GetBytes("café"));
        server.Answer("/image", "200 OK", "image/png", "x");
        server.Answer("/missing", "404 Not Found", "text/plain", "nothing here");

        (await Fetch(At("/json"))).ShouldBe("{\"a\":1}");
        (await Fetch(At("/latin"))).ShouldBe("café");
        (await Fetch(At("/image"))).ShouldBe($"Error: {At("/image")} is image/png, not text.");
        (await Fetch(At("/missing"))).ShouldBe($"Error: {At("/missing")} answers 404 Not Found. nothing here");
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://private.test:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://0:{0}/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://10.0.0.1/")]
    public async Task What_is_not_public_is_not_reached(string url)
    {
        names["localhost"] = [IPAddress.Loopback, IPAddress.IPv6Loopback];
        (await Fetch(string.Format(System.Globalization.CultureInfo.InvariantCulture, url, secret.Port))).ShouldContain("is not on the public internet");
        secret.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task A_redirect_leads_to_public_places_only()
    {
        server.Redirect("/inside", $"http://127.0.0.1:{secret.Port}/");
        server.Redirect("/named", $"http://private.test:{secret.Port}/");
        server.Redirect("/file", "file:///etc/passwd");
        server.Redirect("/loop", "/loop");
        server.Redirect("/ok", "/target");
        server.Answer("/target", "200 OK", "text/plain", "arrived");

        (await Fetch(At("/inside"))).ShouldContain("is not on the public internet");
        (await Fetch(At("/named"))).ShouldContain("is not on the public internet");
        (await Fetch(At("/file"))).ShouldContain("is not a web address");
        (await Fetch(At("/loop"))).ShouldContain("redirects more than 5 times");
        (await Fetch(At("/ok"))).ShouldBe("arrived");
        secret.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task A_name_that_changes_its_address_does_not_lead_inside()
    {
        server.Answer("/", "200 OK", "text/plain", "outside", close: true);
        using var web = new WebFetcher(new()
        {
            Resolve = (_, _) => Task.FromResult<IPAddress[]>(asked.Count == 0 ? [Outside] : [IPAddress.Loopback]),
            IsReachable = address => address.Equals(Outside),
        });
        (await web.FetchAsync($"http://rebind.test:{server.Port}/")).ShouldBe("outside");
        asked.Add("rebind.test");
        (await Should.ThrowAsync<FetchException>(() => web.FetchAsync($"http://rebind.test:{secret.Port}/"))).Message.ShouldContain("not on the public internet");
        secret.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Of_several_addresses_only_the_public_ones_are_tried()
    {
        names["mixed.test"] = [IPAddress.Loopback, Outside];
        server.Answer("/", "200 OK", "text/plain", "outside");
        (await Fetch($"http://mixed.test:{server.Port}/")).ShouldBe("outside");
    }

    [Theory]
    [InlineData("ftp://public.test/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("public.test")]
    [InlineData("")]
    [InlineData("http://user:password@public.test/")]
    public async Task What_is_no_web_address_is_refused(string url) => (await Fetch(url)).ShouldStartWith("Error: ");

    [Fact]
    public async Task A_name_that_is_not_known_is_said() => (await Fetch("http://nowhere.test/")).ShouldContain("'nowhere.test' cannot be resolved");

    [Fact]
    public async Task Size_and_time_are_limited_also_when_compressed()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(new byte[50 << 20]);
        server.Answer("/bomb", "200 OK", "text/plain\r\nContent-Encoding: gzip", "", packed.ToArray());
        server.Hang("/slow");

        (await Fetch(At("/bomb"))).Length.ShouldBeLessThan(50_000);
        (await Fetch(At("/slow"), new() { Time = TimeSpan.FromMilliseconds(300) })).ShouldContain("did not answer within");
    }

    [Fact]
    public async Task A_page_made_to_be_deep_ends_nothing()
    {
        foreach (var piece in (string[])["<div>", "<b>", "<div></x>", "<table><tr><td>", "<div><p></p>"])
        {
            server.Answer("/deep", "200 OK", "text/html", string.Concat(Enumerable.Repeat(piece, 100_000)));
            (await Fetch(At("/deep"))).ShouldStartWith("Error: ");
        }
        server.Answer("/wide", "200 OK", "text/html", $"<div {string.Concat(Enumerable.Range(0, 100_000).Select(i => $"a{i} "))}>");
        (await Fetch(At("/wide"))).ShouldStartWith("Error: ");
        server.Answer("/flat", "200 OK", "text/html", string.Concat(Enumerable.Repeat("<p>line<br><img src=x><li>item", 20_000)));
        (await Fetch(At("/flat"))).ShouldContain("line");
        server.Answer("/broken", "200 OK", "text/html", "<p>one<p>two<table><b>three");
        (await Fetch(At("/broken"))).ShouldContain("three");
    }
}
