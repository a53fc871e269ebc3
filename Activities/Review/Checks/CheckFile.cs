using AgentOS.Kernel;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AgentOS.Activities.Review.Checks;

/// <summary>Reads <c>.agentos.yaml</c>: <c>setup</c>, <c>test</c>, <c>analyze</c>, each a command or a list of commands.</summary>
public static class CheckFile
{
    public const string Name = ".agentos.yaml";

    private const int Largest = 64 << 10;
    private static readonly string[] Keys = ["setup", "test", "analyze"];

    /// <param name="where">Named in messages.</param>
    /// <exception cref="CheckFileException">It is not what it should be; the message says where and what.</exception>
    public static CheckPlan Parse(string text, CheckSource source, string where = Name)
    {
        if (text.Length > Largest)
            throw new CheckFileException($"{where} has more than {Largest >> 10} KB. It only names commands; move what they do into scripts.");
        var commands = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (key, value) in Root(text, where))
        {
            if (key is not YamlScalarNode { Value: { } name } || !Keys.Contains(name))
                throw new CheckFileException($"{where}, line {key.Start.Line}: '{key}' is not known. Use setup, test and analyze.");
            commands[name] = Commands(value, name, where);
        }
        return new(source, Of("setup"), Of("test"), Of("analyze"));

        IReadOnlyList<string> Of(string name) => commands.GetValueOrDefault(name, []);
    }

    private static YamlMappingNode Root(string text, string where)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents switch
            {
                { Count: 0 } => [],
                [{ RootNode: YamlMappingNode mapping }] => mapping,
                [{ RootNode: YamlScalarNode { Value: null or "" } }] => [],
                _ => throw new CheckFileException($"{where} must hold setup, test and analyze, such as 'test: make test'."),
            };
        }
        catch (YamlException malformed)
        {
            throw new CheckFileException($"{where} is not valid YAML, line {malformed.Start.Line}: {malformed.InnerException?.Message ?? malformed.Message}");
        }
    }

    private static IReadOnlyList<string> Commands(YamlNode value, string name, string where) => value switch
    {
        YamlScalarNode { Value: null or "" or "~" or "null" } => [],
        YamlScalarNode { Value: { } command } => [command.Trim()],
        YamlSequenceNode list when list.All(each => each is YamlScalarNode { Value.Length: > 0 }) => [.. list.Select(each => ((YamlScalarNode)each).Value!.Trim())],
        _ => throw new CheckFileException($"{where}, line {value.Start.Line}: '{name}' must be a command or a list of commands."),
    };
}

/// <summary>The commands of a repository cannot be read.</summary>
public sealed class CheckFileException(string message) : AgentOSException(message);
