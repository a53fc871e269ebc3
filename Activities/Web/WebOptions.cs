using System.Net;
using AgentOS.Net;

namespace AgentOS.Activities.Web;

/// <summary>Limits of <c>fetch_url</c>, and the two doors through which a test can send it elsewhere.</summary>
public sealed record WebOptions
{
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Read of a body at most, in bytes after decompression.</summary>
    public int LargestBody { get; init; } = 3 << 20;

    /// <summary>Characters of an answer.</summary>
    public int LongestAnswer { get; init; } = 40_000;

    public int MostRedirects { get; init; } = 5;

    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    public Func<IPAddress, bool> IsReachable { get; init; } = PublicAddress.IsPublic;
}
