using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentOS.Activities.Models;

/// <summary>A key that neither prints nor serialises. <see cref="Reveal"/> is called in one place only: where the HTTP client is made.</summary>
[JsonConverter(typeof(SecretJsonConverter))]
[DebuggerDisplay("***")]
public sealed class Secret(string value) : IEquatable<Secret>
{
    public const string Mask = "***";

    private readonly string _value = value;

    internal string Reveal() => _value;

    /// <summary>The text without the key, also where it stands in it escaped for JSON or for a URL.</summary>
    public string Scrub(string text) => Scrub(text, _value);

    internal static string Scrub(string text, string key)
    {
        // A placeholder such as "x" is no secret, and replacing it would eat the text.
        if (key.Length < 6 || text.Length < 6) return text;
        text = text.Replace(key, Mask, StringComparison.Ordinal);
        text = text.Replace(JsonEncodedText.Encode(key).Value, Mask, StringComparison.Ordinal);
        return text.Replace(Uri.EscapeDataString(key), Mask, StringComparison.Ordinal);
    }

    public bool Equals(Secret? other) => other is not null && other._value == _value;

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Mask;
}

/// <summary>Writes the mask and reads nothing: a secret comes from the environment or llm.yaml, never from JSON.</summary>
public sealed class SecretJsonConverter : JsonConverter<Secret>
{
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new JsonException("A secret is not read from JSON.");

    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(Secret.Mask);
}
