using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace AgentOS.Studio.Elements;

/// <summary>
/// The assemblies of Elsa Studio as one answer, for browsers on the server's own machine: there it costs less than so many small answers, and compressing them
/// would gain nothing. Its form: the length of the head (32 bits, little-endian), the head (JSON: names and lengths, in order), then the files one after the other.
/// </summary>
internal sealed class AssemblyBundle
{
    public const string Prefix = "/studio/assemblies/";

    private readonly List<FileInfo> _files;
    private readonly byte[] _head;
    private readonly string _version;

    public AssemblyBundle(NpmPackage package)
    {
        _version = package.Version;
        // The runtime itself is compiled while it comes, which only an answer of its own allows.
        _files = [.. new DirectoryInfo(Path.Combine(package.Folder, "_framework")).EnumerateFiles("*.wasm").Where(file => !file.Name.StartsWith("dotnet.", StringComparison.Ordinal))
            .OrderBy(file => file.Name, StringComparer.Ordinal)];
        var names = JsonSerializer.SerializeToUtf8Bytes(_files.Select(file => new object[] { file.Name, file.Length }));
        _head = new byte[sizeof(int) + names.Length];
        BinaryPrimitives.WriteInt32LittleEndian(_head, names.Length);
        names.CopyTo(_head, sizeof(int));
    }

    public string Address => Prefix + _version;

    /// <summary>Whether the browser is on this machine, as far as one can see.</summary>
    public static bool IsFor(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from) && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded");

    public async Task ServeAsync(HttpContext http, string version)
    {
        if (version != _version)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = _head.Length + _files.Sum(file => file.Length);
        http.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        if (HttpMethods.IsHead(http.Request.Method)) return;
        await http.Response.Body.WriteAsync(_head, http.RequestAborted);
        foreach (var file in _files) await http.Response.SendFileAsync(file.FullName, http.RequestAborted);
    }
}
