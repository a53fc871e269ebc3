using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace AgentOS.Activities.Web;

/// <summary>Writes the elements that matter to a reader as Markdown: headings, lists, code, links.</summary>
internal static partial class HtmlMarkdown
{
    private static readonly HashSet<string> Skipped = ["script", "style", "noscript", "template", "svg", "iframe", "head", "nav", "form", "button", "select"];
    private static readonly HashSet<string> Blocks =
        ["p", "div", "section", "article", "main", "header", "footer", "aside", "ul", "ol", "table", "blockquote", "figure", "dl", "dt", "dd", "details", "summary", "body"];

    public static string Render(INode root, Uri address)
    {
        var text = new StringBuilder();
        Write(root);
        return BlankLines().Replace(text.ToString(), "\n\n").Trim();

        void Write(INode node)
        {
            if (node is IText words)
            {
                Words(words.Data);
                return;
            }
            var name = (node as IElement)?.LocalName ?? "";
            if (Skipped.Contains(name))
                return;
            switch (name)
            {
                case "br" or "hr":
                    text.Append('\n');
                    break;
                case "pre":
                    text.Append("\n\n```\n").Append(node.TextContent.Trim('\n')).Append("\n```\n\n");
                    break;
                case "code":
                    text.Append('`').Append(node.TextContent).Append('`');
                    break;
                case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                    text.Append("\n\n").Append('#', name[1] - '0').Append(' ');
                    Children(node);
                    text.Append("\n\n");
                    break;
                case "li":
                    text.Append("\n- ");
                    Children(node);
                    break;
                case "tr":
                    text.Append('\n');
                    Children(node);
                    break;
                case "td" or "th":
                    Children(node);
                    text.Append(" | ");
                    break;
                case "a":
                    Link((IElement)node);
                    break;
                case var block when Blocks.Contains(block):
                    text.Append("\n\n");
                    Children(node);
                    text.Append("\n\n");
                    break;
                default:
                    Children(node);
                    break;
            }
        }

        void Children(INode node)
        {
            foreach (var child in node.ChildNodes)
                Write(child);
        }

        void Words(string data)
        {
            var words = Spaces().Replace(data, " ");
            if (words.StartsWith(' ') && (text.Length == 0 || char.IsWhiteSpace(text[^1])))
                words = words[1..];
            text.Append(words);
        }

        void Link(IElement link)
        {
            var start = text.Length;
            Children(link);
            var label = text.ToString(start, text.Length - start).Trim();
            if (label is "" || label.Contains('\n') || link.GetAttribute("href") is not { Length: > 0 } href || href.StartsWith('#')
                || !Uri.TryCreate(address, href, out var target) || target.Scheme is not ("http" or "https"))
                return;
            text.Length = start;
            text.Append('[').Append(label).Append("](").Append(target.AbsoluteUri).Append(')');
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[ \t]*\n(?:[ \t]*\n)+")]
    private static partial Regex BlankLines();
}
