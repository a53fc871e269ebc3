using System.CommandLine;

namespace AgentOS.Server.Cli;

/// <summary>A verb that is one call: it takes --json, prints the answer, and leaves errors to <see cref="AgentOSCommand"/>.</summary>
internal static class ApiCommand
{
    /// <param name="isGood">Whether the answer is one to end with 0 for; null: every one is.</param>
    public static Command Create<T>(
        string name, string description, Argument[] arguments, Option[] options, Func<ParseResult, ApiClient, CancellationToken, Task<T>> call, Action<T> print, Func<T, bool>? isGood = null)
    {
        var json = CommonOptions.Json();
        var command = new Command(name, description);
        foreach (var argument in arguments) command.Arguments.Add(argument);
        foreach (var option in options) command.Options.Add(option);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ApiClient.Connect(parsed.GetValue(CommonOptions.Url));
            var answer = await call(parsed, client, cancellation);
            if (parsed.GetValue(json)) Output.Json(answer);
            else print(answer);
            return isGood is null || isGood(answer) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}

/// <summary>The query of an address.</summary>
internal static class Query
{
    public static string Of(params (string Name, string? Value)[] parts)
    {
        var given = parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }

    public static string Escape(string segment) => Uri.EscapeDataString(segment);
}
