namespace AgentOS.Activities.Shell;

/// <summary>What of the machine a sandboxed command sees, read-only: programs, libraries, certificates; no home, no data.</summary>
internal static class SystemView
{
    public const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    // Private keys live beside certificates, and passwords beside names: only what programs need is listed.
    private static readonly string[] Etc =
    [
        "alternatives", "ca-certificates", "ca-certificates.conf", "debian_version", "dotnet", "fonts", "gai.conf",
        "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "magic", "maven", "mime.types", "nsswitch.conf",
        "os-release", "perl", "pki/ca-trust", "pki/java", "pki/tls/certs", "pki/tls/cert.pem", "protocols", "services",
        "ssl/cert.pem", "ssl/certs", "ssl/openssl.cnf", "timezone",
    ];

    private static readonly Lazy<string[]> Cached = new(() => [.. Build()]);

    /// <summary>The part of bubblewrap's arguments that is the same for every command.</summary>
    public static IReadOnlyList<string> Arguments => Cached.Value;

    private static IEnumerable<string> Build()
    {
        IEnumerable<string> args = ["--ro-bind", "/usr", "/usr"];
        foreach (var folder in (string[])["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"])
        {
            if (new DirectoryInfo(folder) is not { Exists: true } info)
                continue;
            args = args.Concat(info.LinkTarget is { } target ? ["--symlink", target, folder] : ["--ro-bind", folder, folder]);
        }
        if (Directory.Exists("/nix/store"))
            args = args.Concat(["--ro-bind", "/nix/store", "/nix/store"]);
        var versioned = Directory.Exists("/etc")
            ? Directory.EnumerateDirectories("/etc", "java-*").Concat(Directory.EnumerateDirectories("/etc", "python3*"))
            : [];
        foreach (var item in Etc.Select(name => $"/etc/{name}").Concat(versioned).Where(System.IO.Path.Exists))
            args = args.Concat(["--ro-bind", item, item]);
        return args;
    }
}
