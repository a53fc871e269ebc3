using System.Text.Json;

namespace AgentOS.Server.Tests.Loop;

/// <summary>A folder of packages, with all that they need: the ones that these tests are built with, from where the SDK keeps them. No registry is asked.</summary>
internal sealed class LocalFeed : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private LocalFeed(IReadOnlyList<(string Name, string Version)> asked) => Asked = asked;

    public string Path => _folder.In("");

    public IReadOnlyList<(string Name, string Version)> Asked { get; }

    public static async Task<LocalFeed> CreateAsync(params string[] names)
    {
        var file = System.IO.Path.Combine(HouseTests.Root, "tests", "Server.Tests", "packages.lock.json");
        using var locked = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var packages = locked.RootElement.GetProperty("dependencies").EnumerateObject().First().Value.EnumerateObject()
            .Where(package => package.Value.TryGetProperty("resolved", out _))
            .ToDictionary(package => package.Name, package => package.Value, StringComparer.OrdinalIgnoreCase);
        var feed = new LocalFeed([.. names.Select(name => (name, packages[name].GetProperty("resolved").GetString()!))]);
        var pending = new Stack<string>(names);
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (pending.TryPop(out var name))
        {
            if (!known.Add(name) || !packages.TryGetValue(name, out var package)) continue;
            var (id, version) = (name.ToLowerInvariant(), package.GetProperty("resolved").GetString()!.ToLowerInvariant());
            File.Copy(System.IO.Path.Combine(Kept(), id, version, $"{id}.{version}.nupkg"), System.IO.Path.Combine(feed.Path, $"{id}.{version}.nupkg"));
            if (package.TryGetProperty("dependencies", out var needs))
                foreach (var need in needs.EnumerateObject()) pending.Push(need.Name);
        }

        return feed;
    }

    public void Dispose() => _folder.Dispose();

    private static string Kept() => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
