using System.Text.Json;

namespace AgentOS.Studio.Elements;

/// <summary>A package under <c>node_modules</c>.</summary>
internal sealed record NpmPackage(string Name, string Version, string Folder)
{
    /// <summary>Looks in <c>node_modules</c> of the folder and of those above it; null when it is in none of them.</summary>
    public static NpmPackage? Find(string from, string name)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            var package = Path.Combine([folder.FullName, "node_modules", .. name.Split('/')]);
            var manifest = Path.Combine(package, "package.json");
            if (!File.Exists(manifest)) continue;
            using var content = JsonDocument.Parse(File.ReadAllBytes(manifest));
            return new(name, content.RootElement.GetProperty("version").GetString()!, package);
        }

        return null;
    }
}
