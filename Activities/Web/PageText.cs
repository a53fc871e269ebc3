using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using SmartReader;

namespace AgentOS.Activities.Web;

internal enum PageKind { Html, Text, Other }

/// <summary>Makes text of what a server sent.</summary>
internal static partial class PageText
{
    // The readers of pages call themselves for each level: a page made to be deep would end the process.
    private const int Deepest = 300;
    private const int MostElements = 60_000;

    public static PageKind KindOf(string? mediaType) => mediaType?.ToLowerInvariant() switch
    {
        "text/html" or "application/xhtml+xml" => PageKind.Html,
        null => PageKind.Text,
        ['t', 'e', 'x', 't', '/', ..] => PageKind.Text,
        var other when TextType().IsMatch(other) => PageKind.Text,
        _ => PageKind.Other,
    };

    public static string From(Uri address, byte[] body, PageKind kind, string? charset)
    {
        var text = Decode(body, charset).Replace('\0', '\uFFFD');
        return kind is PageKind.Html ? Read(address, text) : text;
    }

    private static string Read(Uri address, string html)
    {
        if (!HtmlShape.IsHarmless(html))
            throw new FetchException($"{address} is not shaped like a page for readers.");
        using var page = new HtmlParser().ParseDocument(html);
        if (IsTooDeep(page))
            throw new FetchException($"{address} is nested too deeply to be read.");
        var title = page.Title?.Trim();
        var article = MainPart(address, page);
        var text = HtmlMarkdown.Render(article ?? (INode?)page.Body ?? page, address);
        return string.IsNullOrEmpty(title) || text.StartsWith($"# {title}", StringComparison.Ordinal) ? text : $"# {title}\n\n{text}";
    }

    // The article without navigation and advertisement, where the page has one.
    private static IElement? MainPart(Uri address, IHtmlDocument page)
    {
        using var copy = (IHtmlDocument)page.Clone();
        using var reader = new Reader(address.AbsoluteUri, copy) { MaxElemsToParse = MostElements };
        try
        {
            var found = reader.GetArticle();
            return found.IsReadable && !string.IsNullOrWhiteSpace(found.Content) ? new HtmlParser().ParseDocument(found.Content).Body : null;
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            // Not an article: the whole page is shown.
            return null;
        }
    }

    private static bool IsTooDeep(IDocument page)
    {
        var depth = 0;
        for (INode? node = page.FirstChild; node is not null;)
        {
            if (node.FirstChild is { } child)
            {
                if (++depth > Deepest)
                    return true;
                node = child;
                continue;
            }
            while (node is not null && node.NextSibling is null)
            {
                node = node.Parent;
                depth--;
            }
            node = node?.NextSibling;
        }
        return false;
    }

    private static string Decode(byte[] body, string? charset)
    {
        var name = charset?.Trim('"', ' ');
        if (string.IsNullOrEmpty(name))
            name = MetaCharset().Match(Encoding.Latin1.GetString(body, 0, Math.Min(body.Length, 2048))) is { Success: true } match ? match.Groups[1].Value : "utf-8";
        using var reader = new StreamReader(new MemoryStream(body), EncodingOf(name), detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }

    private static Encoding EncodingOf(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }

    [GeneratedRegex(@"^application/(.*\+)?(json|xml|yaml|javascript|ecmascript|x-sh|x-yaml|toml|sql|x-ndjson|graphql)$")]
    private static partial Regex TextType();

    [GeneratedRegex(@"<meta[^>]{0,200}charset\s*=\s*[""']?([\w-]{1,40})", RegexOptions.IgnoreCase)]
    private static partial Regex MetaCharset();
}
