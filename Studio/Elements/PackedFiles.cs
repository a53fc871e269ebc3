using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace AgentOS.Studio.Elements;

/// <summary>
/// Files of an npm package, served as they were packed, compressed copies included. Only what was found at the start is served,
/// so no address can lead out of the package.
/// </summary>
internal sealed partial class PackedFiles
{
    private sealed record Packed(string Path, string ContentType, bool Brotli, bool Gzip, bool Fingerprinted);

    private static readonly FileExtensionContentTypeProvider Types = new(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".json"] = "application/json",
        [".map"] = "application/json",
        [".wasm"] = "application/wasm",
        [".webmanifest"] = "application/manifest+json",
        [".woff2"] = "font/woff2",
        [".ttf"] = "font/ttf",
        [".png"] = "image/png",
        [".ico"] = "image/x-icon",
        [".svg"] = "image/svg+xml",
        [".cur"] = "image/x-icon",
    });

    private readonly FrozenDictionary<string, Packed> _files;
    private readonly string _version;

    /// <param name="package">The package.</param>
    /// <param name="parts">What of it may be served: folders, and files at its top.</param>
    public PackedFiles(NpmPackage package, params IEnumerable<string> parts)
    {
        _version = package.Version;
        _files = parts.SelectMany(part => Index(package.Folder, part)).ToFrozenDictionary(file => file.Key, file => file.Value, StringComparer.Ordinal);
    }

    public IEnumerable<string> Addresses => _files.Keys;

    public async Task ServeAsync(HttpContext http, string path)
    {
        if (!_files.TryGetValue(path, out var file))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var encoding = Encoding(http.Request, file);
        var headers = http.Response.Headers;
        // A name with a fingerprint, or an address with the version, never means another content; anything else is asked for again.
        var forever = file.Fingerprinted || http.Request.Query["v"] == _version;
        headers.CacheControl = forever ? "private, max-age=31536000, immutable" : "private, no-cache";
        if (encoding is not null) headers.ContentEncoding = encoding;
        if (file.Brotli || file.Gzip) headers.Vary = HeaderNames.AcceptEncoding;
        var copy = encoding switch { "br" => file.Path + ".br", "gzip" => file.Path + ".gz", _ => file.Path };
        var tag = new EntityTagHeaderValue($"\"{_version}-{new FileInfo(copy).Length:x}{(encoding is null ? "" : "-" + encoding)}\"");
        await Results.File(copy, file.ContentType, entityTag: tag).ExecuteAsync(http);
    }

    private static string? Encoding(HttpRequest request, Packed file)
    {
        if (!file.Brotli && !file.Gzip) return null;
        var accepted = request.GetTypedHeaders().AcceptEncoding.Where(accept => accept.Quality is null or > 0).Select(accept => accept.Value.Value).ToList();
        return file.Brotli && accepted.Contains("br", StringComparer.OrdinalIgnoreCase) ? "br"
            : file.Gzip && accepted.Contains("gzip", StringComparer.OrdinalIgnoreCase) ? "gzip"
            : null;
    }

    private static IEnumerable<KeyValuePair<string, Packed>> Index(string root, string part)
    {
        var top = Path.Combine(root, part);
        HashSet<string> all = Directory.Exists(top) ? [.. Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories)] : File.Exists(top) ? [top] : [];
        foreach (var path in all)
        {
            var extension = Path.GetExtension(path);
            if (extension is ".br" or ".gz" && all.Contains(path[..^3])) continue;
            var address = Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
            var type = Types.TryGetContentType(path, out var known) ? known : "application/octet-stream";
            yield return new(address, new(path, type, all.Contains(path + ".br"), all.Contains(path + ".gz"), Fingerprint().IsMatch(address)));
        }
    }

    // .NET puts ten letters and digits before the extension ("System.Linq.zrgapkccbx.wasm"), Monaco eight after the name ("go-D_hbi-Jt.js").
    [GeneratedRegex(@"\.[a-z0-9]{10}(\.bundle\.scp)?\.[a-z]+$|/vs/(assets/)?[A-Za-z0-9_.]+-[A-Za-z0-9_-]{8}\.(js|css|ttf)$")]
    private static partial Regex Fingerprint();
}
