using System.Text.RegularExpressions;
using DotLiquid;
using DotLiquid.Exceptions;

namespace AgentOS.Engine.Expressions.Liquid;

/// <summary>What a template that cannot be parsed shows in its place: the mistake with its line and column, and the source.</summary>
internal static partial class LiquidMistakes
{
    public static string Describe(string source, SyntaxException exception) => $"\n{Message(source, exception)}\nSource:\n{source}\n";

    private static string Message(string source, SyntaxException exception)
    {
        if (TagOfMessage().Match(exception.Message) is not { Success: true } message) return exception.Message;
        var name = message.Groups["name"].Value;
        var tags = Tags().Matches(source).Where(tag => tag.Groups["name"].Value == name).ToList();
        if ((tags.FirstOrDefault(IsBroken) ?? tags.FirstOrDefault())?.Groups["name"] is not { } broken) return exception.Message;
        var end = broken.Index + broken.Length;
        var before = source.AsSpan(0, end);
        return $"Invalid '{name}' tag at ({before.Count('\n') + 1}:{end - before.LastIndexOf('\n')})";
    }

    // The parser says which kind of tag it did not understand, not which one of them.
    private static bool IsBroken(Match tag)
    {
        try
        {
            Template.Parse($"{tag.Value}{{% end{tag.Groups["name"].Value} %}}");
            return false;
        }
        catch (SyntaxException)
        {
            return true;
        }
    }

    [GeneratedRegex("^Syntax Error in '(?<name>[a-z]+)' tag")]
    private static partial Regex TagOfMessage();

    [GeneratedRegex("{%-?\\s*(?<name>[a-z]+)[^%]*%}")]
    private static partial Regex Tags();
}
