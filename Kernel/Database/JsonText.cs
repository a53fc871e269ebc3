using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentOS.Kernel.Database;

/// <summary>JSON as <c>jsonb</c> takes it: PostgreSQL refuses the zero character and halves of surrogate pairs, which models and tools do send.</summary>
public static partial class JsonText
{
    public static string Of<T>(T value) => Clean(JsonSerializer.Serialize(value, JsonSerializerOptions.Web));

    /// <summary>Puts U+FFFD where a character stands that the database cannot hold.</summary>
    public static string Clean(string json) =>
        json.Contains(@"\u0000", StringComparison.Ordinal) || Surrogate().IsMatch(json) ? Escape().Replace(json, static match => match switch
        {
            { Groups: [_, { Success: true }, ..] } => match.Value, // a pair
            { Value: @"\u0000" } => @"\ufffd",
            { Groups: [_, _, { Success: true }, ..] } => @"\ufffd",
            _ => match.Value,
        }) : json;

    [GeneratedRegex(@"\\u[dD][89a-fA-F]")]
    private static partial Regex Surrogate();

    // Consumes every escape in turn, so that an escaped backslash before 'u0000' is not taken for one.
    [GeneratedRegex(@"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\u[0-9a-fA-F]{4}|\\.")]
    private static partial Regex Escape();
}
