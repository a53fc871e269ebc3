using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentOS.Activities.Tests.Web;

/// <summary>A web server that sends the bytes it was told, on an address of its own.</summary>
internal sealed class PlainServer : IDisposable
{
    private readonly TcpListener listener;
    private readonly ConcurrentDictionary<string, byte[]?> answers = new();
    private int requests;

    public PlainServer(IPAddress address)
    {
        listener = new(address, 0);
        listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Requests => requests;

    public void Answer(string path, string status, string type, string body, byte[]? bytes = null, bool close = true)
    {
        var content = bytes ?? Encoding.UTF8.GetBytes(body);
        answers[path] = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {content.Length}\r\n{(close ? "Connection: close\r\n" : "")}\r\n"), .. content];
    }

    public void Redirect(string path, string target) =>
        answers[path] = Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    public void Hang(string path) => answers[path] = null;

    public void Dispose() => listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = RespondAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception stopped) when (stopped is ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task RespondAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream());
        Interlocked.Increment(ref requests);
        var path = (await reader.ReadLineAsync())?.Split(' ')[1] ?? "/";
        if (!answers.TryGetValue(path, out var answer))
            answer = "HTTP/1.1 500 Unexpected\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }
        if (answer is null)
        {
            // Until the caller gives up.
            await reader.ReadLineAsync();
            return;
        }
        try
        {
            await client.GetStream().WriteAsync(answer);
        }
        catch (IOException)
        {
            // The caller has read enough.
        }
        client.Dispose();
    }
}
