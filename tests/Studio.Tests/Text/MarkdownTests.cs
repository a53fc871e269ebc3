using AgentOS.Studio.Text;
using Xunit;

namespace AgentOS.Studio.Tests.Text;

public sealed class MarkdownTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](JaVaScRiPt:alert(1))")]
    [InlineData("[x](data:text/html,<script>alert(1)</script>)")]
    [InlineData("[x](/api/server/stop)")]
    [InlineData("[x](//evil.example)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("[x]: javascript:alert(1)\n\n[x]")]
    [InlineData("![x](https://evil.example/x.png)")]
    [InlineData("`<b onclick=alert(1)>`")]
    [InlineData("|a|\n|-|\n|<svg onload=alert(1)>|")]
    public void Nothing_in_it_does_anything(string text)
    {
        var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(Markdown.Draw(text).Value ?? "");

        document.QuerySelectorAll("script, img, svg, iframe, style, b").ShouldBeEmpty();
        document.QuerySelectorAll("a").ShouldAllBe(link => link.GetAttribute("href")!.StartsWith("https://", StringComparison.Ordinal));
        document.All.SelectMany(element => element.Attributes).Where(attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void A_web_address_is_a_link_that_tells_nothing_of_where_it_was_followed()
    {
        var html = Markdown.Draw("See [the docs](https://example.com/a?b=c), **really**.").Value;

        html.ShouldContain("href=\"https://example.com/a?b=c\"");
        html.ShouldContain("rel=\"noopener noreferrer nofollow\"");
        html.ShouldContain("<strong>really</strong>");
    }
}
