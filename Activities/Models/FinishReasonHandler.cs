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
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "text/event-stream") return response;
        var stream = new Lines(await response.Content.ReadAsStreamAsync(cancellationToken));
        var content = new StreamContent(stream);
        content.Headers.ContentType = response.Content.Headers.ContentType;
        response.Content = content;
        return response;
    }

    /// <summary>The stream line by line, each handed on as soon as it is there.</summary>
    private sealed partial class Lines(Stream inner) : Stream
    {
        private readonly StreamReader _reader = new(inner, new UTF8Encoding(false));
        private ReadOnlyMemory<byte> _ready;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_ready.IsEmpty)
            {
                if (await _reader.ReadLineAsync(cancellationToken) is not { } line) return 0;
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

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        protected override void Dispose(bool disposing)
        {
            if (disposing) _reader.Dispose();
            base.Dispose(disposing);
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
