using System.Text.RegularExpressions;
using DotLiquid;

namespace AgentOS.Engine.Expressions.Liquid;

/// <summary>A template makes more text than anybody reads.</summary>
// DotLiquid writes what went wrong into the text and goes on, but for this kind of exception.
internal sealed class TextTooLongException() : DotLiquid.Exceptions.RenderException($"The template makes a text of more than {BoundedText.Most:N0} characters. Make it shorter.");

/// <summary>What a template writes, as long as it is not too long.</summary>
internal sealed class BoundedText : StringWriter
{
    /// <summary>Characters.</summary>
    public const int Most = 16 << 20;

    public override void Write(char value)
    {
        Check(GetStringBuilder().Length + 1L);
        base.Write(value);
    }

    public override void Write(string? value)
    {
        Check(GetStringBuilder().Length + (long)(value?.Length ?? 0));
        base.Write(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        Check(GetStringBuilder().Length + (long)count);
        base.Write(buffer, index, count);
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Check(GetStringBuilder().Length + (long)buffer.Length);
        base.Write(buffer);
    }

    public static string? Checked(string? text)
    {
        Check(text?.Length ?? 0);
        return text;
    }

    /// <exception cref="TextTooLongException">So many characters are too many.</exception>
    public static void Check(long length)
    {
        if (length > Most) throw new TextTooLongException();
    }
}

/// <summary>The tag <c>capture</c>, which keeps what is written within it.</summary>
internal sealed partial class BoundedCapture : Block
{
    private string _name = "";

    public override void Initialize(string tagName, string markup, List<string> tokens)
    {
        _name = Variable().Match(markup) is { Success: true } name ? name.Groups[1].Value : throw new DotLiquid.Exceptions.SyntaxException("'capture' takes the name of a variable: {{% capture name %}}");
        base.Initialize(tagName, markup, tokens);
    }

    public override void Render(Context context, TextWriter result)
    {
        using var text = new BoundedText();
        base.Render(context, text);
        context.Scopes[^1][_name] = text.ToString();
    }

    [GeneratedRegex(@"^\s*['""]?([\w.-]+)")]
    private static partial Regex Variable();
}

/// <summary>The tag <c>assign</c>: no variable holds more than a template may make.</summary>
internal sealed partial class BoundedAssign : DotLiquid.Tags.Assign
{
    private string _name = "";

    public override void Initialize(string tagName, string markup, List<string> tokens)
    {
        base.Initialize(tagName, markup, tokens);
        _name = Variable().Match(markup).Groups[1].Value;
    }

    public override void Render(Context context, TextWriter result)
    {
        base.Render(context, result);
        BoundedText.Checked(context.Scopes[^1][_name] as string);
    }

    [GeneratedRegex(@"^\s*([\w.-]+)\s*=")]
    private static partial Regex Variable();
}
