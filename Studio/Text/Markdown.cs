using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Caching.Memory;

namespace AgentOS.Studio.Text;

/// <summary>
/// Markdown that models and people wrote, as markup that cannot do anything: HTML in it stays text, links lead only to web addresses and mail, and pictures,
/// which would be loaded from elsewhere, are links. The one place where such text becomes markup.
/// </summary>
public static class Markdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseTaskLists().UseEmphasisExtras().UseAutoLinks().Build();

    /// <summary>Longer text is cut: a page that shows it must stay quick.</summary>
    private const int Longest = 200_000;

    /// <summary>What many pages show, and show again with each change around it. Sizes are in characters.</summary>
    private static readonly MemoryCache Drawn = new(new MemoryCacheOptions { SizeLimit = 8_000_000 });

    public static MarkupString Draw(string? text) => string.IsNullOrWhiteSpace(text) ? default : Drawn.GetOrCreate(text, entry =>
    {
        var drawn = Parse(text);
        entry.Size = text.Length + drawn.Value.Length;
        return drawn;
    });

    private static MarkupString Parse(string text)
    {
        var document = Markdig.Markdown.Parse(text.Length > Longest ? text[..Longest] + "\n\n…" : text, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            link.IsImage = false;
            link.GetDynamicUrl = null;
            if (link.FirstChild is null) link.AppendChild(new LiteralInline(link.Url ?? ""));
            if (IsHarmless(link.Url)) Guard(link);
            else link.ReplaceBy(new ContainerInline());
        }

        foreach (var link in document.Descendants<AutolinkInline>().ToList())
        {
            if (link.IsEmail || IsHarmless(link.Url)) Guard(link);
            else link.ReplaceBy(new LiteralInline(link.Url ?? ""));
        }

        return new(document.ToHtml(Pipeline));
    }

    private static void Guard(MarkdownObject link)
    {
        var attributes = link.GetAttributes();
        attributes.AddPropertyIfNotExist("rel", "noopener noreferrer nofollow");
        attributes.AddPropertyIfNotExist("target", "_blank");
    }

    /// <summary>What is no web address stays text. Relative ones would lead into this product, with the reader's credential.</summary>
    private static bool IsHarmless(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https" or "mailto" };
}
