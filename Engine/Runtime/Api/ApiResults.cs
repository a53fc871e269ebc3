using System.Text.Encodings.Web;
using System.Text.Json;
using AgentOS.Engine.State;
using Microsoft.AspNetCore.Http;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>Answers of the API, written straight into the response.</summary>
internal static class ApiResults
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true, MaxDepth = EngineJson.MaxDepth * 2, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IResult Json(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) => new WrittenJson(write, status);

    /// <summary>In the form that Elsa's clients read.</summary>
    public static IResult Problem(string message, int status = StatusCodes.Status400BadRequest, string kind = "generalErrors") => new WrittenJson(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("statusCode"u8, status);
        writer.WriteString("message"u8, "One or more errors occurred!"u8);
        writer.WriteStartObject("errors"u8);
        writer.WriteStartArray(kind);
        writer.WriteStringValue(message);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }, status, "application/problem+json");

    public static IResult NotFound { get; } = new Empty(StatusCodes.Status404NotFound);
    public static IResult Ok { get; } = new Empty(StatusCodes.Status200OK);
    public static IResult NoContent { get; } = new Empty(StatusCodes.Status204NoContent);

    public static IResult Count(string name, long count) => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber(name, count);
        writer.WriteEndObject();
    });

    /// <summary>The names in their order; null values are left out.</summary>
    public static void WriteText(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    public static void WriteTime(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTime? utc)
    {
        if (utc is { } time) writer.WriteString(name, new DateTimeOffset(time, TimeSpan.Zero));
    }

    public static void WriteTexts(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    /// <summary>The properties of a stored JSON object, at the current place.</summary>
    public static void WriteProperties(this Utf8JsonWriter writer, string? json)
    {
        if (json is null) return;
        using var document = JsonDocument.Parse(json, new() { MaxDepth = EngineJson.MaxDepth * 2 });
        foreach (var property in document.RootElement.EnumerateObject()) property.WriteTo(writer);
    }

    private sealed class Empty(int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            return Task.CompletedTask;
        }
    }

    private sealed class WrittenJson(Action<Utf8JsonWriter> write, int status, string contentType = "application/json") : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = contentType;
            await using (var writer = new Utf8JsonWriter(httpContext.Response.BodyWriter, Options)) write(writer);
            await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        }
    }
}
