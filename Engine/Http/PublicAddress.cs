using System.Net;
using System.Net.Sockets;

namespace AgentOS.Net;

/// <summary>
/// Tells addresses of the public internet from all others: loopback, private, link-local, metadata, shared, multicast, reserved.
/// Compiled into the engine and into the activities, which may know nothing of each other here.
/// </summary>
internal static class PublicAddress
{
    // The registries of special-purpose addresses (RFC 6890 and its successors), and one address that a cloud answers its own machines on.
    private static readonly IPNetwork[] Special = [.. ((string[])
    [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "2001::/23", "2001:db8::/32", "3fff::/20",
    ]).Select(IPNetwork.Parse)];

    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3"), SixToFour = IPNetwork.Parse("2002::/16"), Nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return IsPublic(address.MapToIPv4());
        if (address.AddressFamily is AddressFamily.InterNetworkV6)
        {
            // Two ways to write an IPv4 address into an IPv6 one.
            if (Nat64.Contains(address))
                return IsPublic(new(address.GetAddressBytes().AsSpan(12, 4)));
            if (SixToFour.Contains(address))
                return IsPublic(new(address.GetAddressBytes().AsSpan(2, 4)));
            if (!Global.Contains(address))
                return false;
        }
        return !Special.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address));
    }
}
