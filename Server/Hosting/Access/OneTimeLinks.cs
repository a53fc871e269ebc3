using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace AgentOS.Server.Hosting.Access;

/// <summary>Codes that open one browser session each, once, within some minutes.</summary>
internal sealed class OneTimeLinks(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _codes = new(StringComparer.Ordinal);

    public (string Code, DateTimeOffset Expires) New()
    {
        var now = time.GetUtcNow();
        foreach (var (old, until) in _codes)
            if (until <= now) _codes.TryRemove(old, out _);

        var code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _codes[code] = now + Lifetime;
        return (code, now + Lifetime);
    }

    /// <summary>Whether the code is good; it is not any more afterwards.</summary>
    public bool Use(string? code) => code is not null && _codes.TryRemove(code, out var until) && time.GetUtcNow() < until;
}
