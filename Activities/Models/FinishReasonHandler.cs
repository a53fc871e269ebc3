using System.Text;
using System.Text.RegularExpressions;

namespace AgentOS.Activities.Models;

/// <summary>
/// Puts finish reasons that the client library would throw at into its words, while a stream passes: local servers say "eos" or "",
/// others "end_turn". A reason that means trouble is left to be an error.
/// </summary>
internal sealed partial class FinishReasonHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode) return response;
        var bounded = new BoundedStream(await response.Content.ReadAsStreamAsync(cancellationToken));
        var content = new StreamContent(response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? new Lines(new(bounded, new UTF8Encoding(false))) : bounded);
        content.Headers.ContentType = response.Content.Headers.ContentType;
        response.Content = content;
        return response;
    }

    /// <summary>The stream line by line, each handed on as soon as it is there.</summary>
    private sealed partial class Lines(StreamReader reader) : AnswerStream(reader)
    {
        private ReadOnlyMemory<byte> _ready;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_ready.IsEmpty)
            {
                if (await reader.ReadLineAsync(cancellationToken) is not { } line) return 0;
                _ready = Encoding.UTF8.GetBytes(Reason().Replace(line, Known) + "\n");
            }
            var count = Math.Min(buffer.Length, _ready.Length);
            _ready[..count].CopyTo(buffer);
            _ready = _ready[count..];
            return count;
        }

        private static string Known(Match match) => match.Groups[1].Value switch
        {
            "stop" or "length" or "tool_calls" or "content_filter" or "function_call" or "error" or "insufficient_system_resource" => match.Value,
            "" => "\"finish_reason\":null",
            "max_tokens" => "\"finish_reason\":\"length\"",
            _ => "\"finish_reason\":\"stop\"",
        };

        // In a text of the model the quotes would have backslashes before them.
        [GeneratedRegex("""
            "finish_reason"\s*:\s*"([^"\\]*)"
            """)]
        private static partial Regex Reason();
    }
}
