using System.Collections;
using System.ComponentModel;
using System.Dynamic;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Elsa.Expressions.Exceptions;

namespace Elsa.Expressions.Exceptions
{
    public class TypeConversionException : Exception
    {
        public TypeConversionException(string message, object? value, Type targetType) : this(message, value, targetType, null) { }

        public TypeConversionException(string message, object? value, Type targetType, Exception? innerException) : base(message, innerException)
        {
            Value = value;
            TargetType = targetType;
        }

        public object? Value { get; }
        public Type TargetType { get; }
    }
}

namespace Elsa.Expressions.Helpers
{
    public record ObjectConverterOptions(
        JsonSerializerOptions? SerializerOptions = null,
        Contracts.IWellKnownTypeRegistry? WellKnownTypeRegistry = null,
        bool DeserializeJsonObjectToObject = false,
        bool? StrictMode = null);

    /// <summary>Turns a value into one of another type, as expressions need it: lenient about strings, numbers and JSON.</summary>
    public static class ObjectConverter
    {
        public static bool StrictMode;

        public static T? ConvertTo<T>(this object? value, ObjectConverterOptions? converterOptions = null) => value is T typed ? typed : (T?)value.ConvertTo(typeof(T), converterOptions);

        public static object? ConvertTo(this object? value, Type targetType, ObjectConverterOptions? converterOptions = null)
        {
            if (value is null) return targetType.IsValueType && Nullable.GetUnderlyingType(targetType) is null ? Activator.CreateInstance(targetType) : null;
            if (targetType == typeof(object)) return converterOptions?.DeserializeJsonObjectToObject == false ? value : Plain(value);
            if (targetType.IsInstanceOfType(value)) return value;

            var type = Nullable.GetUnderlyingType(targetType) ?? targetType;
            if (type.IsInstanceOfType(value)) return value;
            try
            {
                return Convert(value, type, converterOptions?.SerializerOptions ?? AgentOS.Engine.State.EngineJson.Options);
            }
            catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException or JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
            {
                throw new TypeConversionException($"A value of type {value.GetType().Name} cannot be used as {type.Name}: {e.Message}", value, targetType, e);
            }
        }

        private static object? Convert(object value, Type type, JsonSerializerOptions options)
        {
            switch (value)
            {
                case JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined }: return ConvertTo(null, type);
                case JsonElement { ValueKind: JsonValueKind.String } element when type != typeof(JsonElement): return Convert(element.GetString()!, type, options);
                case JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } element when type != typeof(JsonElement): return Convert(element.GetBoolean(), type, options);
                case JsonElement { ValueKind: JsonValueKind.Number } element when type == typeof(string): return element.GetRawText();
                case JsonElement element when type == typeof(string): return element.GetRawText();
                case JsonElement element: return element.Deserialize(type, options);
                case JsonNode node when type == typeof(string): return node is JsonValue ? node.ToString() : node.ToJsonString(options);
                case JsonNode node: return node.Deserialize(type, options);
            }

            if (type == typeof(string)) return value as string ?? Text(value, options);
            if (value is string text) return FromText(text, type, options);
            if (type.IsEnum) return Enum.ToObject(type, System.Convert.ToInt64(value, CultureInfo.InvariantCulture));
            if (type == typeof(bool)) return System.Convert.ToBoolean(value, CultureInfo.InvariantCulture);
            if (type == typeof(DateTimeOffset) && value is DateTime date) return date.Kind == DateTimeKind.Unspecified ? new DateTimeOffset(date, TimeSpan.Zero) : new DateTimeOffset(date);
            if (type == typeof(DateTime) && value is DateTimeOffset offset) return offset.UtcDateTime;
            if (type == typeof(TimeSpan) && value is double or int or long or decimal) throw new InvalidCastException("a duration needs a text such as 00:00:05");
            if (value is IConvertible && typeof(IConvertible).IsAssignableFrom(type)) return System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture);

            if (value is IEnumerable items && TryConvertItems(items, type, options, out var collection)) return collection;
            if (TypeDescriptor.GetConverter(type) is { } converter && converter.CanConvertFrom(value.GetType())) return converter.ConvertFrom(null, CultureInfo.InvariantCulture, value);
            return JsonSerializer.SerializeToElement(value, options).Deserialize(type, options);
        }

        private static object? FromText(string text, Type type, JsonSerializerOptions options)
        {
            if (type == typeof(bool)) return text.Trim() switch { "" => false, var x => bool.Parse(x) };
            if (type.IsEnum) return Enum.Parse(type, text, true);
            if (type == typeof(TimeSpan)) return TimeSpan.Parse(text, CultureInfo.InvariantCulture);
            if (type == typeof(Guid)) return Guid.Parse(text);
            if (type == typeof(Uri)) return new Uri(text, UriKind.RelativeOrAbsolute);
            if (type == typeof(DateTimeOffset)) return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            if (type == typeof(DateTime)) return DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
            if (type == typeof(byte[])) return System.Convert.FromBase64String(text);
            if (typeof(IConvertible).IsAssignableFrom(type))
            {
                if (text.Length == 0) return Activator.CreateInstance(type);
                return IsInteger(type) && !long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? System.Convert.ChangeType(number, type, CultureInfo.InvariantCulture)
                    : System.Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
            }

            if (string.IsNullOrWhiteSpace(text)) return null;
            if (typeof(JsonNode).IsAssignableFrom(type)) return JsonNode.Parse(text);
            if (type == typeof(JsonElement)) return JsonElement.Parse(text);
            if (text.AsSpan().TrimStart() is ['{' or '[' or '"', ..]) return JsonSerializer.Deserialize(text, type, options);
            if (ElementType(type) is { } element) return ToCollection([text.ConvertTo(element)], type, element);
            if (TypeDescriptor.GetConverter(type) is { } converter && converter.CanConvertFrom(typeof(string))) return converter.ConvertFromInvariantString(text);
            throw new InvalidCastException("the text is no JSON");
        }

        private static bool IsInteger(Type type) => Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64;

        private static string? Text(object value, JsonSerializerOptions options) => value switch
        {
            bool flag => flag ? "True" : "False",
            DateTimeOffset date => date.ToString("O", CultureInfo.InvariantCulture),
            DateTime date => date.ToString("O", CultureInfo.InvariantCulture),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            byte[] bytes => System.Convert.ToBase64String(bytes),
            Uri or Exception => value.ToString(),
            _ => JsonSerializer.Serialize(value, value.GetType(), options)
        };

        private static bool TryConvertItems(IEnumerable items, Type type, JsonSerializerOptions options, out object? collection)
        {
            collection = null;
            if (items is IDictionary<string, object?> source)
            {
                if (typeof(IDictionary<string, object>).IsAssignableFrom(type) || type == typeof(IReadOnlyDictionary<string, object>))
                {
                    collection = type == typeof(ExpandoObject) ? Expando(source) : new Dictionary<string, object?>(source);
                    return true;
                }

                return false;
            }

            if (items is IDictionary || ElementType(type) is not { } element) return false;
            collection = ToCollection(items.Cast<object?>().Select(item => item.ConvertTo(element, new(options))), type, element);
            return collection is not null;
        }

        private static ExpandoObject Expando(IDictionary<string, object?> source)
        {
            var target = new ExpandoObject();
            foreach (var pair in source) ((IDictionary<string, object?>)target)[pair.Key] = pair.Value;
            return target;
        }

        private static object? ToCollection(IEnumerable<object?> items, Type type, Type element)
        {
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
            foreach (var item in items) list.Add(item);
            if (type.IsArray)
            {
                var array = Array.CreateInstance(element, list.Count);
                list.CopyTo(array, 0);
                return array;
            }

            if (type.IsInstanceOfType(list)) return list;
            return typeof(ISet<>).MakeGenericType(element).IsAssignableFrom(type) || type.Name.StartsWith("ISet", StringComparison.Ordinal)
                ? Activator.CreateInstance(typeof(HashSet<>).MakeGenericType(element), list)
                : null;
        }

        private static Type? ElementType(Type type) => type.IsArray ? type.GetElementType()
            : type == typeof(string) ? null
            : type.IsGenericType && type.GetGenericArguments() is [var only] && typeof(IEnumerable).IsAssignableFrom(type) ? only
            : type == typeof(IEnumerable) || type == typeof(ICollection) || type == typeof(IList) ? typeof(object)
            : null;

        // JSON becomes plain objects, so that expressions of every syntax can walk it.
        private static object? Plain(object value) => value is JsonElement element ? AgentOS.Engine.State.EngineJson.ToPlain(element) : value;
    }
}

namespace Elsa.Expressions.Models
{
    internal static class ValueCasts
    {
        public static T? As<T>(this object? value) => value is T typed ? typed : value is null ? default : Elsa.Expressions.Helpers.ObjectConverter.ConvertTo<T>(value);
    }
}
