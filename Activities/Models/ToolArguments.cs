using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentOS.Activities.Models;

/// <summary>The JSON object of a tool call's arguments.</summary>
internal static class ToolArguments
{
    // Source code in arguments stays readable in the database and the inspector.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal enum State { Whole, Cut, Invalid }

    /// <summary>Whether the text is a whole JSON object, the beginning of one, or neither. No text at all stands for no arguments.</summary>
    public static State Check(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return State.Whole;
        // Not final: the reader then takes a missing end for "more to come" instead of an error.
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), isFinalBlock: false, state: default);
        try
        {
            if (!reader.Read()) return State.Cut;
            if (reader.TokenType != JsonTokenType.StartObject) return State.Invalid;
            while (reader.CurrentDepth > 0 || reader.TokenType != JsonTokenType.EndObject)
                if (!reader.Read()) return State.Cut;
            return string.IsNullOrWhiteSpace(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)[(int)reader.BytesConsumed..])) ? State.Whole : State.Invalid;
        }
        catch (JsonException)
        {
            return State.Invalid;
        }
    }

    public static string Write(IDictionary<string, object?>? arguments) => arguments is null ? "{}" : JsonSerializer.Serialize(arguments, Readable);

    public static IDictionary<string, object?> Read(string arguments) =>
        JsonSerializer.Deserialize<Dictionary<string, object?>>(string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments) ?? [];
}
