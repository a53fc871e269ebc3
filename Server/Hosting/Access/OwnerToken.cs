using System.Security.Cryptography;
using System.Text;

namespace AgentOS.Server.Hosting.Access;

/// <summary>The owner's credential, as it is in the data folder: when that file is written anew, the old token is worth nothing from then on, in every process of the folder.</summary>
internal sealed class OwnerToken(DataFolder data)
{
    private volatile Known? _known;

    public bool Matches(string? guess) => guess is not null && CryptographicOperations.FixedTimeEquals(Current().Hash, Hash(guess));

    /// <summary>Makes a new token. Whoever shows the old one is refused.</summary>
    public void Rotate()
    {
        data.RotateToken();
        _known = null;
    }

    private Known Current()
    {
        var written = File.GetLastWriteTimeUtc(data.TokenFile);
        if (_known is { } known && known.Written == written) return known;
        // Hashed: the comparison then takes the same time for every guess, whatever its length.
        return _known = new(Hash(data.EnsureToken()), written);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private sealed record Known(byte[] Hash, DateTime Written);
}
