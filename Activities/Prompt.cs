using System.Text.RegularExpressions;

namespace AgentOS.Activities;

/// <summary>A prompt: a Markdown file beside what uses it, with <c>{{names}}</c> to fill in.</summary>
public sealed partial class Prompt
{
    private readonly string name;
    private readonly string text;

    private Prompt(string name, string text) => (this.name, this.text) = (name, text);

    /// <summary>Reads the embedded file, for example <c>Planning.planner.md</c>.</summary>
    public static Prompt Load(string name)
    {
        using var stream = typeof(Prompt).Assembly.GetManifestResourceStream($"AgentOS.Activities.{name}")
            ?? throw new ArgumentException($"There is no embedded prompt '{name}'.", nameof(name));
        using var reader = new StreamReader(stream);
        return new Prompt(name, reader.ReadToEnd());
    }

    /// <summary>Fills every placeholder in one pass: a value that looks like a placeholder stays as it is.</summary>
    public string Fill(params (string Name, string? Value)[] values)
    {
        var known = values.ToDictionary(v => v.Name, v => v.Value ?? "", StringComparer.Ordinal);
        return Placeholder().Replace(text, match => known.TryGetValue(match.Groups[1].Value, out var value)
            ? value
            : throw new ArgumentException($"Prompt '{name}' wants '{match.Groups[1].Value}', which was not given.")).Trim() + "\n";
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Placeholder();
}
