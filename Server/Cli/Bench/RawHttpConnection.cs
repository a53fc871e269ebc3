using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentOS.Server.Cli.Bench;

/// <summary>
/// One kept-alive connection that sends prepared requests and reads only what ends an answer: on two cores a whole HTTP client
/// would measure itself.
/// </summary>
internal sealed class RawHttpConnection(IPEndPoint server) : IDisposable
{
    private readonly Socket _socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[256 * 1024];

    public Task ConnectAsync(CancellationToken cancellation) => _socket.ConnectAsync(server, cancellation).AsTask();

    public static byte[] Prepare(Uri address, string method, string path, string? token, string? json = null)
    {
        var body = Encoding.UTF8.GetBytes(json ?? "");
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: {address.Authority}\r\n");
        if (token is not null) head.Append($"Authorization: Bearer {token}\r\n");
        if (json is not null) head.Append("Content-Type: application/json\r\n");
        if (body.Length > 0 || method != "GET") head.Append($"Content-Length: {body.Length}\r\n");
        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    /// <returns>The status of the answer.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        await _socket.SendAsync(request, SocketFlags.None, cancellation);
        var read = 0;
        while (true)
        {
            if (read == _buffer.Length) throw new InvalidDataException("The answer is longer than a benchmark expects.");
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(read), SocketFlags.None, cancellation);
            if (count == 0) throw new IOException("The server closed the connection.");
            read += count;
            if (IsComplete(_buffer.AsSpan(0, read))) return int.Parse(Encoding.ASCII.GetString(_buffer, 9, 3), System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsComplete(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        var head = answer[..end];
        if (head.IndexOf("chunked"u8) >= 0) return answer.EndsWith("0\r\n\r\n"u8);
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0) return true;
        var digits = head[(at + 16)..];
        var line = digits.IndexOf((byte)'\r');
        return answer.Length >= end + 4 + int.Parse(line < 0 ? digits : digits[..line], System.Globalization.CultureInfo.InvariantCulture);
    }
}
