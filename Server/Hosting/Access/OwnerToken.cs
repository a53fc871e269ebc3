using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AgentOS.Server.Hosting.Access;

/// <summary>The owner's credential, and the cookies that are signed with it. A new token ends every session.</summary>
internal sealed class OwnerToken(string token, TimeProvider time)
{
    public static readonly TimeSpan SessionLength = TimeSpan.FromDays(30);

    // Hashed first: the comparison then takes the same time for every guess, whatever its length.
    private readonly byte[] _hash = Hash(token);
    private readonly byte[] _key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), "agentos session"u8);

    public bool Matches(string? guess) => guess is not null && CryptographicOperations.FixedTimeEquals(_hash, Hash(guess));

    public string NewSession()
    {
        var content = $"{(time.GetUtcNow() + SessionLength).ToUnixTimeSeconds()}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        return $"{content}.{Sign(content)}";
    }

    public bool IsSession(string? cookie)
    {
        if (cookie?.Split('.') is not [var expires, var nonce, var signature]) return false;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign($"{expires}.{nonce}")), Encoding.UTF8.GetBytes(signature))
            && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
            && time.GetUtcNow().ToUnixTimeSeconds() < until;
    }

    private string Sign(string content) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(content)));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
