using System.Net;
using AgentOS.Net;

namespace AgentOS.Engine.Http;

/// <summary>
/// What requests of workflows may do. Workflows can be proposed by agents and changed by whoever may publish, while the server stands inside a network
/// that trusts it: so they reach the public internet only, and what else the server's owner names in <see cref="Allowed"/>.
/// </summary>
public sealed class OutgoingHttpOptions
{
    /// <summary>From the start of a request to the end of its answer, redirects included.</summary>
    public TimeSpan Time { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>The largest answer, in bytes. A larger one faults the activity.</summary>
    public long LargestAnswer { get; set; } = 64 * 1024 * 1024;

    public int MostRedirects { get; set; } = 10;

    /// <summary>The ways to try a request again that authors of workflows can choose from.</summary>
    public IReadOnlyList<RetryStrategy> Strategies { get; set; } =
    [
        new("http-default", "A few times: three more attempts, after 1, 2 and 4 seconds", 3, TimeSpan.FromSeconds(1)),
        RetryStrategy.Patient,
        new("http-steady", "Steadily: ten more attempts, every five seconds", 10, TimeSpan.FromSeconds(5), RetryBackoff.Constant),
    ];

    /// <summary>
    /// Addresses that may be reached though they are not public: a host as the URL names it (<c>localhost</c>, <c>build.internal:8080</c>: on that port only),
    /// an address (<c>10.0.0.7</c>), a network (<c>10.0.0.0/8</c>), or <c>*</c> for all.
    /// </summary>
    public IReadOnlyList<string> Allowed { get; set; } = [];

    /// <summary>Finds the addresses of a name.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; set; } = Dns.GetHostAddressesAsync;

    internal bool MayReach(string host, int port, IPAddress address) => PublicAddress.IsPublic(address) || Allowed.Any(allowed => Fits(allowed.Trim(), host, port, address));

    private static bool Fits(string allowed, string host, int port, IPAddress address)
    {
        if (allowed == "*" || allowed.Equals(host, StringComparison.OrdinalIgnoreCase) || allowed.Equals($"{host}:{port}", StringComparison.OrdinalIgnoreCase)) return true;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPNetwork.TryParse(allowed, out var network) ? network.Contains(plain) : IPAddress.TryParse(allowed, out var single) && single.Equals(plain);
    }
}
