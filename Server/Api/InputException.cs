using AgentOS.Kernel;

namespace AgentOS.Server.Api;

/// <summary>What a caller sent cannot be taken; the message names the field and says what it takes.</summary>
internal sealed class InputException(string message) : AgentOSException(message)
{
    /// <summary>The text, trimmed at its ends.</summary>
    public static string Text(string? value, string field, int longest) => value?.Trim() switch
    {
        null or "" => throw new InputException($"'{field}' is missing. Give it as text that is not empty."),
        { Length: var length } when length > longest => throw new InputException($"'{field}' has {length} characters. It takes {longest} at most."),
        var text => text,
    };

    public static decimal? Money(decimal? value, string field) =>
        value is < 0 or > 1_000_000 ? throw new InputException($"'{field}' is {value}. It takes US dollars from 0 to 1000000.") : value;

    public static int Number(int? value, string field, int least, int most, int otherwise) => value switch
    {
        null => otherwise,
        { } number when number >= least && number <= most => number,
        var number => throw new InputException($"'{field}' is {number}. It takes {least} to {most}."),
    };
}
