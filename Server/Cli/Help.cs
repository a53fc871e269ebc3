using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace AgentOS.Server.Cli;

/// <summary>Examples below a verb's help. A verb without one is not finished; a test holds that.</summary>
internal static class Help
{
    private static readonly ConditionalWeakTable<Command, string[]> Known = [];

    /// <param name="lines">Whole command lines, as a person would type them.</param>
    public static Command Example(this Command command, params string[] lines)
    {
        Known.AddOrUpdate(command, lines);
        return command;
    }

    public static IReadOnlyList<string> ExamplesOf(Command command) => Known.TryGetValue(command, out var lines) ? lines : [];

    /// <summary>Has the help of every verb below end with its examples.</summary>
    public static void AddExamples(RootCommand root)
    {
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Options.Add(new HelpOption("--help", "-h")); // no more of its names: they would be among what a shell completes
        if (root.Options.OfType<HelpOption>().Single() is { Action: HelpAction usual } option) option.Action = new HelpWithExamples(usual);
    }

    private sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
    {
        // What is wrong with the rest of the line does not keep anyone from reading the help.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = usual.Invoke(parseResult);
            var lines = ExamplesOf(parseResult.CommandResult.Command);
            if (lines.Count == 0) return code;
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(lines.Count == 1 ? "Example:" : "Examples:");
            foreach (var line in lines) output.WriteLine($"  {line}");
            output.WriteLine();
            return code;
        }
    }
}
