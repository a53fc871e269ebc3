using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace AgentOS.Server.Cli.Bench;

/// <summary>bench: how fast this installation is on this machine. Each bench has a server, a database and a data folder of its own.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measure the engine, the loop, how soon new work starts, or the pages, on a server and database made for it.")
    {
        EngineCommand.Create(),
        LoopCommand.Create(),
        DispatchCommand.Create(),
        PagesCommand.Create(),
    };

    /// <summary>A whole number from a lowest to a highest, refused otherwise.</summary>
    public static Option<int> Number(string name, int normal, int lowest, int highest, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => normal };
        option.Validators.Add(result =>
        {
            if (IsOutside(result, lowest, highest)) result.AddError($"{name} takes {lowest} to {highest}.");
        });
        return option;
    }

    /// <summary>What is no number at all, the parser itself refuses.</summary>
    public static bool IsOutside(OptionResult result, int lowest, int highest) =>
        result.Tokens.Any(token => long.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && (value < lowest || value > highest));
}
