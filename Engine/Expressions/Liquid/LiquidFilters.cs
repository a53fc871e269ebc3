using System.Collections;
using System.Globalization;
using System.Text;
using AgentOS.Engine.State;
using DotLiquid;

namespace AgentOS.Engine.Expressions.Liquid;

/// <summary>
/// Filters beside the standard ones, and in the place of those that make much out of little: what they make is as long as a template's text may be.
/// All others make of a text one that is a few times as long, and only once, as no variable holds more than that.
/// </summary>
internal static class LiquidFilters
{
    private const int MostItems = 1_000_000;
    private const int LongestFormat = 1000;

    public static string Json(object? input) => BoundedText.Checked(EngineJson.ToElement(LiquidExpressions.Plain(input)).GetRawText())!;
    public static string Base64(string? input) => Base64Encode(input);
    public static IEnumerable<string> Keys(object? input) => input is IDictionary<string, object?> map ? map.Keys : [];

    public static string Base64Encode(string? input) => Convert.ToBase64String(Encoding.UTF8.GetBytes(BoundedText.Checked(input) ?? ""));
    public static string? Append(string? input, string? text) => BoundedText.Checked(StandardFilters.Append(BoundedText.Checked(input), BoundedText.Checked(text)));
    public static string? Prepend(string? input, string? text) => BoundedText.Checked(StandardFilters.Prepend(BoundedText.Checked(input), BoundedText.Checked(text)));

    // Word for word, as Elsa has it; DotLiquid would take the text for a regular expression.
    public static string? Replace(string? input, string? text, string? by = "")
    {
        if (string.IsNullOrEmpty(input) || string.IsNullOrEmpty(text)) return input;
        var result = new BoundedText();
        var (rest, at) = (0, input.IndexOf(text, StringComparison.Ordinal));
        for (; at >= 0; at = input.IndexOf(text, rest, StringComparison.Ordinal))
        {
            result.Write(input.AsSpan(rest, at - rest));
            result.Write(by);
            rest = at + text.Length;
        }
        result.Write(input.AsSpan(rest));
        return result.ToString();
    }

    public static string? Remove(string? input, string? text) => Replace(input, text);
    public static string? RemoveFirst(string? input, string? text) => ReplaceFirst(input, text);

    public static string? ReplaceFirst(string? input, string? text, string? by = "")
    {
        if (string.IsNullOrEmpty(input) || string.IsNullOrEmpty(text)) return input;
        var at = input.IndexOf(text, StringComparison.Ordinal);
        return at < 0 ? input : BoundedText.Checked(string.Concat(input.AsSpan(0, at), by, input.AsSpan(at + text.Length)));
    }

    public static string? Join(IEnumerable? input, string? separator = " ")
    {
        if (input is null) return null;
        var result = new BoundedText();
        foreach (var (index, item) in Bounded(input).Index())
        {
            if (index > 0) result.Write(separator);
            result.Write(Convert.ToString(item, CultureInfo.InvariantCulture));
        }
        return result.ToString();
    }

    public static object? Plus(Context context, object? input, object? operand) => Bounded(StandardFilters.Plus(context, input, operand));
    public static object? Times(Context context, object? input, object? operand) => Bounded(StandardFilters.Times(context, input, operand));
    public static object? Concat(IEnumerable? left, IEnumerable? right) => Bounded(StandardFilters.Concat(left, right));
    public static object? Date(Context context, object? input, string? format = null) => StandardFilters.Date(context, input, format is { Length: > LongestFormat } ? throw new TextTooLongException() : format);

    private static object? Bounded(object? made) => made switch
    {
        string text => BoundedText.Checked(text),
        IEnumerable items => Bounded(items),
        _ => made,
    };

    private static List<object?> Bounded(IEnumerable items)
    {
        var list = new List<object?>();
        foreach (var item in items)
        {
            if (list.Count == MostItems) throw new TextTooLongException();
            list.Add(item);
        }
        return list;
    }
}
