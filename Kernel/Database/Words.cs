using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentOS.Kernel.Database;

/// <summary>Enums are words in the database, in JSON and on the command line: <c>InProgress</c> is <c>in_progress</c> everywhere.</summary>
public static class Words
{
    private static readonly ConcurrentDictionary<Type, (Dictionary<string, Enum> ByWord, Dictionary<Enum, string> ByValue)> Known = new();

    public static string Of(Enum value) => Of(value.GetType()).ByValue[value];

    public static string Word<T>(this T value) where T : struct, Enum => Of((Enum)value);

    /// <exception cref="AgentOSException">The word is none of them; the message lists them.</exception>
    public static T Parse<T>(string word) where T : struct, Enum =>
        TryParse<T>(word, out var value) ? value : throw new AgentOSException($"'{word}' is not one of {string.Join(", ", All<T>())}.");

    public static bool TryParse<T>(string word, out T value) where T : struct, Enum
    {
        var known = Of(typeof(T)).ByWord.TryGetValue(word, out var found);
        value = known ? (T)found! : default;
        return known;
    }

    public static IReadOnlyCollection<string> All<T>() where T : struct, Enum => Of(typeof(T)).ByWord.Keys;

    private static (Dictionary<string, Enum> ByWord, Dictionary<Enum, string> ByValue) Of(Type type) => Known.GetOrAdd(type, static type =>
    {
        var byValue = type.GetFields(BindingFlags.Public | BindingFlags.Static).ToDictionary(
            field => (Enum)field.GetValue(null)!,
            field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(field.Name));
        return (byValue.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.OrdinalIgnoreCase), byValue);
    });
}

/// <summary>Writes an enum as its word.</summary>
public sealed class WordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) where T : struct, Enum;
