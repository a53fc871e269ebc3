using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace AgentOS.Studio.Elements;

/// <summary>Our scripts and styles. Each has its content's hash in its address, so that a browser may keep it for ever.</summary>
internal sealed class OwnAssets
{
    public const string Prefix = "/studio/assets/";

    private sealed record Asset(byte[] Content, string ContentType);

    private readonly FrozenDictionary<string, Asset> _byAddress;
    private readonly FrozenDictionary<string, string> _addresses;

    public OwnAssets()
    {
        var assembly = typeof(OwnAssets).Assembly;
        var assets = new Dictionary<string, Asset>(StringComparer.Ordinal);
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames())
        {
            var type = Path.GetExtension(name) switch { ".js" => "text/javascript; charset=utf-8", ".css" => "text/css; charset=utf-8", ".svg" => "image/svg+xml", _ => null };
            if (type is null) continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            Add(name, content, type);
        }

        Add(ThemeSheet.Name, Encoding.UTF8.GetBytes(ThemeSheet.Write()), "text/css; charset=utf-8");
        Add(ActivityLooks.Name, Encoding.UTF8.GetBytes(ActivityLooks.Write()), "text/css; charset=utf-8");
        _byAddress = assets.ToFrozenDictionary(StringComparer.Ordinal);
        _addresses = addresses.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(string name, byte[] content, string type)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..10];
            addresses[name] = $"{Path.GetFileNameWithoutExtension(name)}.{hash}{Path.GetExtension(name)}";
            assets[addresses[name]] = new(content, type);
        }
    }

    /// <summary>Where the asset of this name is served.</summary>
    public string this[string name] => Prefix + _addresses[name];

    public IResult Serve(HttpContext http, string address)
    {
        if (!_byAddress.TryGetValue(address, out var asset)) return Results.NotFound();
        http.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return Results.Bytes(asset.Content, asset.ContentType);
    }
}
