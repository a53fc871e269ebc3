using System.Collections;
using System.Dynamic;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AgentOS.Engine.State;

/// <summary>How the engine reads and writes JSON: camel case, enums by name, nothing chosen by the JSON itself.</summary>
public static class EngineJson
{
    public const int MaxDepth = 64;

    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            MaxDepth = MaxDepth,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            ReferenceHandler = ReferenceHandler.IgnoreCycles
        };
        options.Converters.Add(new JsonStringEnumConverter());
        options.Converters.Add(new PlainObjectConverter());
        options.Converters.Add(new TypeNameConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>JSON as plain objects: <see cref="ExpandoObject"/>, lists, texts, numbers.</summary>
    public static object? ToPlain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ToExpando(element),
        JsonValueKind.Array => element.EnumerateArray().Select(ToPlain).ToList(),
        JsonValueKind.String => element.GetString(),
        // The casts matter: without them every number would become a double.
        JsonValueKind.Number => element.TryGetInt32(out var number) ? (object)number : element.TryGetInt64(out var large) ? (object)large : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null
    };

    private static ExpandoObject ToExpando(JsonElement element)
    {
        var result = new ExpandoObject();
        var target = (IDictionary<string, object?>)result;
        foreach (var property in element.EnumerateObject()) target[property.Name] = ToPlain(property.Value);
        return result;
    }

    /// <summary>The same, of a dictionary.</summary>
    public static Dictionary<string, object> ToDictionary(JsonElement element)
    {
        var result = new Dictionary<string, object>();
        if (element.ValueKind == JsonValueKind.Object)
            foreach (var property in element.EnumerateObject()) result[property.Name] = ToPlain(property.Value)!;
        return result;
    }

    /// <summary>Writes any value; one that JSON cannot hold is named as such rather than failing the run.</summary>
    public static void WriteValue(Utf8JsonWriter writer, object? value, int depth = 0)
    {
        if (depth > MaxDepth - 8)
        {
            writer.WriteStringValue("(too deep)");
            return;
        }

        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case int number: writer.WriteNumberValue(number); break;
            case long number: writer.WriteNumberValue(number); break;
            case double number: WriteDouble(writer, number); break;
            case decimal number: writer.WriteNumberValue(number); break;
            case DateTimeOffset date: writer.WriteStringValue(date); break;
            case DateTime date: writer.WriteStringValue(date); break;
            case Guid guid: writer.WriteStringValue(guid); break;
            case TimeSpan span: writer.WriteStringValue(span.ToString()); break;
            case Enum name: writer.WriteStringValue(name.ToString()); break;
            case JsonElement { ValueKind: JsonValueKind.Undefined }: writer.WriteNullValue(); break;
            case JsonElement element: element.WriteTo(writer); break;
            case JsonNode node: node.WriteTo(writer); break;
            case IEnumerable<KeyValuePair<string, object?>> map:
                writer.WriteStartObject();
                foreach (var pair in map)
                {
                    writer.WritePropertyName(pair.Key);
                    WriteValue(writer, pair.Value, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case IList list and not byte[]:
                writer.WriteStartArray();
                foreach (var item in list) WriteValue(writer, item, depth + 1);
                writer.WriteEndArray();
                break;
            default: WriteObject(writer, value); break;
        }
    }

    private static void WriteDouble(Utf8JsonWriter writer, double number)
    {
        if (double.IsFinite(number)) writer.WriteNumberValue(number);
        else writer.WriteStringValue(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static void WriteObject(Utf8JsonWriter writer, object value)
    {
        JsonElement element;
        try
        {
            element = JsonSerializer.SerializeToElement(value, value.GetType(), Options);
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException or ArgumentException or IOException)
        {
            writer.WriteStringValue("(not serializable)");
            return;
        }

        element.WriteTo(writer);
    }

    /// <summary>A value that later changes to the object do not reach.</summary>
    public static object? Snapshot(object? value) => value switch
    {
        null or string or bool or int or long or double or decimal or DateTimeOffset or DateTime or Guid or TimeSpan or Enum or JsonElement => value,
        _ => ToElement(value)
    };

    /// <summary>An object of some class with the names of its properties as they are, so that expressions find them again after it was stored.</summary>
    public static object? Stored(object? value) => value switch
    {
        null or string or bool or int or long or double or decimal or DateTimeOffset or DateTime or Guid or TimeSpan or Enum or JsonElement or JsonNode or IEnumerable => value,
        _ => AsItIs(value)
    };

    private static object AsItIs(object value)
    {
        try
        {
            return JsonSerializer.SerializeToElement(value, value.GetType(), Verbatim);
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException)
        {
            return value;
        }
    }

    private static readonly JsonSerializerOptions Verbatim = new() { MaxDepth = MaxDepth, ReferenceHandler = ReferenceHandler.IgnoreCycles };

    public static JsonElement ToElement(object? value) => JsonElement.Parse(ToBuffer(value).WrittenSpan);

    public static byte[] ToUtf8(object? value) => ToBuffer(value).WrittenSpan.ToArray();

    private static System.Buffers.ArrayBufferWriter<byte> ToBuffer(object? value)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, MaxDepth = MaxDepth, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) WriteValue(writer, value);
        return buffer;
    }

    /// <summary>Reads <c>object</c> as plain objects instead of as <see cref="JsonElement"/>.</summary>
    private sealed class PlainObjectConverter : JsonConverter<object>
    {
        public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ToPlain(JsonElement.ParseValue(ref reader));

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
        {
            if (value.GetType() == typeof(object)) writer.WriteStringValue("");
            else WriteValue(writer, value, writer.CurrentDepth);
        }
    }

    /// <summary>Types are written by name and never read.</summary>
    private sealed class TypeNameConverter : JsonConverter<Type>
    {
        public override Type Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new JsonException("A type cannot be given in JSON.");
        public override void Write(Utf8JsonWriter writer, Type value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
    }
}
