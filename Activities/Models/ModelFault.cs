using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.Json;

namespace AgentOS.Activities.Models;

/// <summary>Why an attempt failed, from what the client library threw.</summary>
internal sealed record ModelFault(ModelFailureKind Kind, string Message, bool Retryable, TimeSpan? RetryAfter = null)
{
    public static ModelFault From(Exception error, Model model, ModelProvider provider, string file)
    {
        var where = $"provider '{provider.Name}' in {file}:{provider.Line}";
        return error switch
        {
            _ when Root(error) is EndlessAnswerException endless => new(ModelFailureKind.Broken,
                $"{model} does not end its answer: {endless.Message}. Give the role another model, or set max_output of {where}.", false),
            ClientResultException { Status: > 0 } refused => FromStatus(refused, model, where),
            HttpRequestException or ClientResultException { Status: 0 } or AggregateException => new(ModelFailureKind.Unavailable,
                $"{model} cannot be reached at {provider.BaseUrl}: {Innermost(error)} Check base_url of {where} and the network.", true),
            IOException => new(ModelFailureKind.Broken, $"The connection to {model} broke in the middle of its answer. Try again later.", true),
            JsonException or FormatException or ArgumentException or InvalidOperationException or NotSupportedException or NullReferenceException => new(ModelFailureKind.Broken,
                $"{model} sent something that is not a chat completion ({Innermost(error)}). Check that base_url of {where} is the API's address.", true),
            _ => new(ModelFailureKind.Broken, $"The call to {model} failed: {error.GetType().Name}: {Innermost(error)}", true),
        };
    }

    private static ModelFault FromStatus(ClientResultException error, Model model, string where)
    {
        var response = error.GetRawResponse();
        var said = $"{model} answered {error.Status}{Said(response)}";
        return error.Status switch
        {
            401 or 403 => new(ModelFailureKind.Authentication, $"{said} Check api_key of {where}, and that the account may use the model.", false),
            402 => new(ModelFailureKind.Payment, $"{said} The account has no funds: top it up, or give the role another model than one of {where}.", false),
            404 => new(ModelFailureKind.Refused, $"{said} Check base_url and the model's name of {where}.", false),
            408 => new(ModelFailureKind.Timeout, $"{said} Try again later.", true, RetryAfterOf(response)),
            429 => new(ModelFailureKind.RateLimited, $"{said} The provider limits the rate: try again later, or give the role another model.", true, RetryAfterOf(response)),
            409 or >= 500 => new(ModelFailureKind.Unavailable, $"{said} The provider has trouble: try again later.", true, RetryAfterOf(response)),
            >= 300 and < 400 => new(ModelFailureKind.Refused, $"{said} It redirects: set base_url of {where} to the final address.", false),
            _ => new(ModelFailureKind.Refused, $"{said} Check the model's settings of {where}.", false),
        };
    }

    private static string Innermost(Exception error) => Root(error).Message.TrimEnd('.') + ".";

    private static Exception Root(Exception error)
    {
        while (error.InnerException is { } inner) error = inner;
        return error;
    }

    /// <summary>The endpoint's own words, shortened: <c>error.message</c> of the usual JSON, or the beginning of the text.</summary>
    private static string Said(PipelineResponse? response)
    {
        string text;
        try
        {
            text = response?.Content.ToString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return ".";
        }
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("error", out var error))
                text = error.ValueKind == JsonValueKind.String ? error.GetString()!
                    : error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message) ? message.ToString() : text;
        }
        catch (JsonException)
        {
            // Not JSON: the text itself is shown.
        }
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (text.Length > 300) text = text[..300] + "…";
        return text.Length == 0 ? "." : $": \"{text}\".";
    }

    private static TimeSpan? RetryAfterOf(PipelineResponse? response)
    {
        if (response is null) return null;
        if (response.Headers.TryGetValue("retry-after-ms", out var ms) && double.TryParse(ms, CultureInfo.InvariantCulture, out var milliseconds))
            return Sane(milliseconds / 1000);
        if (!response.Headers.TryGetValue("Retry-After", out var value)) return null;
        if (double.TryParse(value, CultureInfo.InvariantCulture, out var seconds)) return Sane(seconds);
        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var until)) return null;
        // Counted from the endpoint's own clock where it tells it, so that a clock that is off here does not matter.
        var now = response.Headers.TryGetValue("Date", out var date) && DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, out var told) ? told : DateTimeOffset.UtcNow;
        return Sane((until - now).TotalSeconds);
    }

    private static TimeSpan? Sane(double seconds) => double.IsFinite(seconds) ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400)) : null;
}
