using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Elsa.Workflows.Attributes;
using Microsoft.AspNetCore.Http;

namespace Elsa.Http
{
    /// <summary>Headers by name, each with one or more values. In JSON a single value may stand alone.</summary>
    [JsonConverter(typeof(HttpHeadersConverter))]
    public class HttpHeaders : Dictionary<string, string[]>
    {
        public HttpHeaders() : base(StringComparer.OrdinalIgnoreCase) { }
        public HttpHeaders(IDictionary<string, string[]> source) : base(source, StringComparer.OrdinalIgnoreCase) { }
        public HttpHeaders(HttpResponseHeaders source) : this(source.ToDictionary(x => x.Key, x => x.Value.ToArray())) { }
        public HttpHeaders(HttpContentHeaders source) : this(source.ToDictionary(x => x.Key, x => x.Value.ToArray())) { }

        [JsonIgnore]
        public string? ContentType => TryGetValue("content-type", out var values) ? values.FirstOrDefault() : null;
    }

    internal sealed class HttpHeadersConverter : JsonConverter<HttpHeaders>
    {
        public override HttpHeaders Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var result = new HttpHeaders();
            var json = JsonElement.ParseValue(ref reader);
            if (json.ValueKind != JsonValueKind.Object) throw new JsonException("Headers have to be a JSON object.");
            foreach (var header in json.EnumerateObject())
                result[header.Name] = header.Value.ValueKind switch
                {
                    JsonValueKind.Array => [.. header.Value.EnumerateArray().Select(Text)],
                    JsonValueKind.Null => [],
                    _ => [Text(header.Value)]
                };
            return result;
        }

        public override void Write(Utf8JsonWriter writer, HttpHeaders value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var (name, values) in value)
            {
                writer.WriteStartArray(name);
                foreach (var item in values) writer.WriteStringValue(item);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
    }
}

namespace Elsa.Http.Bookmarks
{
    /// <summary>A route and method that a workflow answers. Only these two find it.</summary>
    public record HttpEndpointBookmarkPayload
    {
        public HttpEndpointBookmarkPayload() { }

        public HttpEndpointBookmarkPayload(string path, string method, bool? authorize = null, string? policy = null, TimeSpan? requestTimeout = null, long? requestSizeLimit = null)
        {
            Path = path.Trim('/').ToLowerInvariant();
            Method = method.ToLowerInvariant();
            Authorize = authorize;
            Policy = policy;
            RequestTimeout = requestTimeout;
            RequestSizeLimit = requestSizeLimit;
        }

        public string Path { get; init; } = null!;
        public string Method { get; init; } = null!;

        [ExcludeFromHash]
        public bool? Authorize { get; init; }

        [ExcludeFromHash]
        public string? Policy { get; init; }

        [ExcludeFromHash]
        public TimeSpan? RequestTimeout { get; init; }

        [ExcludeFromHash]
        public long? RequestSizeLimit { get; init; }
    }
}

namespace AgentOS.Engine.Services
{
    /// <summary>What the HTTP side and the HTTP activities tell each other through the request.</summary>
    public static class HttpTriggers
    {
        private static readonly object RouteKey = new();
        private static readonly object AnswerKey = new();
        private static readonly object ResultKey = new();

        /// <summary>Before the run: the values of the route that matched.</summary>
        public static void SetRouteData(HttpContext context, IDictionary<string, object?> values) => context.Items[RouteKey] = values;

        public static IDictionary<string, object?> GetRouteData(HttpContext context) => context.Items[RouteKey] as IDictionary<string, object?> ?? new Dictionary<string, object?>();

        /// <summary>After the run: a workflow has written the answer, so that nobody else does. It is sent when the request ends.</summary>
        public static bool IsAnswered(HttpContext context) => context.Items.ContainsKey(AnswerKey);

        /// <summary>Sends what a workflow left to be sent once its run is committed.</summary>
        public static Task SendAsync(HttpContext context) => context.Items.Remove(ResultKey, out var result) ? ((IResult)result!).ExecuteAsync(context) : Task.CompletedTask;

        internal static void MarkAnswered(HttpContext context) => context.Items[AnswerKey] = true;

        internal static void AnswerWith(HttpContext context, IResult result)
        {
            MarkAnswered(context);
            context.Items[ResultKey] = result;
        }
    }
}
