using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AgentOS.Activities.Models;

/// <summary>Reads YAML nodes and says file and line of whatever is not as it should be.</summary>
internal sealed class YamlSource(string file)
{
    public YamlMappingNode Document(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException error)
        {
            throw new ModelConfigurationException(file, error.Start.Line, $"this is not valid YAML: {error.InnerException?.Message ?? error.Message}");
        }
        return stream.Documents is [var document]
            ? Mapping(document.RootNode, "the file")
            : throw new ModelConfigurationException(file, null, stream.Documents.Count == 0
                ? "the file is empty. It needs 'providers:' and 'roles:'."
                : "the file holds more than one YAML document. Remove the '---' line.");
    }

    public ModelConfigurationException Error(YamlNode node, string message) => new(file, node.Start.Line, message);

    public YamlMappingNode Mapping(YamlNode node, string what) => node as YamlMappingNode
        ?? throw Error(node, $"{what} must be a list of 'key: value' lines.");

    public YamlSequenceNode Sequence(YamlNode node, string what) => node as YamlSequenceNode
        ?? throw Error(node, $"{what} must be a list: lines that begin with '- '.");

    public string Text(YamlNode node, string what) => node is YamlScalarNode { Value: { Length: > 0 } value }
        ? value
        : throw Error(node, $"{what} needs a value.");

    /// <summary>The entries of a mapping by key. A key that is not among <paramref name="allowed"/> (when given) is refused: most are slips of the pen.</summary>
    public Dictionary<string, YamlNode> Entries(YamlNode node, string what, params ReadOnlySpan<string> allowed)
    {
        var entries = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in Mapping(node, what).Children)
        {
            var name = Text(key, $"a key of {what}");
            if (!allowed.IsEmpty && !allowed.Contains(name))
                throw Error(key, $"{what} has no setting '{name}'. Known are {string.Join(", ", allowed.ToArray())}.");
            entries.Add(name, value);
        }
        return entries;
    }

    public decimal Number(YamlNode node, string what) =>
        decimal.TryParse(Text(node, what), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number
            : throw Error(node, $"{what} must be a number of 0 or more.");

    public int Count(YamlNode node, string what) =>
        int.TryParse(Text(node, what).Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw Error(node, $"{what} must be a whole number above 0.");

    public bool Truth(YamlNode node, string what) => bool.TryParse(Text(node, what), out var truth)
        ? truth
        : throw Error(node, $"{what} must be true or false.");

    public TimeSpan Seconds(YamlNode node, string what) => Number(node, what) is > 0 and < 1_000_000 and var seconds
        ? TimeSpan.FromSeconds((double)seconds)
        : throw Error(node, $"{what} must be a number of seconds above 0.");

    public IReadOnlyList<string> Texts(YamlNode node, string what) =>
        [.. Sequence(node, what).Children.Select(item => Text(item, $"an entry of {what}"))];
}
