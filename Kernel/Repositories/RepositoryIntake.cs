using System.Text.RegularExpressions;

namespace AgentOS.Kernel.Repositories;

/// <summary>Looks at a git repository, and refuses with one clear message what AgentOS cannot work on.</summary>
/// <param name="path">Of its working tree, whole.</param>
/// <param name="branch">That merges are to go to; null: the one that is checked out.</param>
public delegate RepositoryFacts InspectRepository(string path, string? branch);

/// <summary>Clones a repository into the data folder.</summary>
/// <param name="name">The folder's; one that is taken gets a number.</param>
/// <param name="branch">That merges are to go to; null: the remote's own choice.</param>
public delegate Task<RepositoryFacts> CloneRepository(string url, string name, string? branch, CancellationToken cancellation);

/// <param name="Path">Of the main working tree.</param>
/// <param name="Branch">Short name of the branch that merges go to.</param>
public sealed record RepositoryFacts(string Path, string Branch);

/// <summary>Repositories as they come in: looked at first, by who knows git.</summary>
public sealed partial class RepositoryIntake(RepositoryStore store, InspectRepository inspect, CloneRepository clone)
{
    private const int LongestName = 90;

    /// <param name="pathOrUrl">Of the repository's working tree; or a URL, which is cloned, and to which merges are pushed.</param>
    /// <param name="name">Null: the folder's.</param>
    /// <param name="branch">That merges go to; null: the one that is checked out.</param>
    /// <exception cref="AgentOSException">It is no repository that AgentOS can work on; the message says why.</exception>
    public async Task<Repository> AddAsync(string pathOrUrl, string? name = null, string? branch = null, string? remoteUrl = null, CancellationToken cancellation = default)
    {
        if (IsUrl(pathOrUrl)) return await CloneAsync(pathOrUrl, name, branch, cancellation);
        if (!Path.IsPathFullyQualified(pathOrUrl)) throw new AgentOSException($"There is no repository '{pathOrUrl}', and as a path it is relative: to what is not known here. Give a name of 'agentos repo list', the whole path, or a URL.");
        var facts = inspect(pathOrUrl, branch);
        return await store.EnsureAsync(facts.Path, Short(name ?? Path.GetFileName(facts.Path)), facts.Branch, remoteUrl, cancellation);
    }

    /// <summary>By name or id; by path or URL, where it is added when it is new.</summary>
    /// <param name="branch">That merges go to, when it is new.</param>
    /// <exception cref="AgentOSException"/>
    public async Task<Repository> FindOrAddAsync(string key, string? branch = null, CancellationToken cancellation = default)
    {
        var known = await store.FindAsync(key, cancellation) ?? (Guid.TryParse(key, out var id) ? await store.FindAsync(id, cancellation) : null);
        if (known is null) return await AddAsync(key, branch: branch, cancellation: cancellation);
        inspect(known.Path, known.DefaultBranch); // it may be gone since
        return known;
    }

    /// <summary>Whether it is the address of a repository elsewhere, not a path or name.</summary>
    public static bool IsUrl(string text) => Address().IsMatch(text);

    private async Task<Repository> CloneAsync(string url, string? name, string? branch, CancellationToken cancellation)
    {
        if (Uri.TryCreate(url, UriKind.Absolute, out var address) && address.UserInfo.Contains(':', StringComparison.Ordinal))
            throw new AgentOSException("The URL holds a password, which would be kept with the repository. Leave it out: git's credential helper, or an SSH key, of the user who runs AgentOS is used.");
        if (await store.FindByRemoteAsync(url, cancellation) is { } known) return known;
        name = Short(name ?? NameOf(url));
        var facts = await clone(url, name, branch, cancellation);
        return await store.EnsureAsync(facts.Path, name, facts.Branch, url, cancellation);
    }

    private static string NameOf(string url)
    {
        var last = url.TrimEnd('/').Split('/', ':')[^1];
        var name = NoName().Replace(last.EndsWith(".git", StringComparison.Ordinal) ? last[..^4] : last, "-").Trim('-', '.');
        return name.Length == 0 ? "repository" : name;
    }

    private static string Short(string name) => name[..Math.Min(name.Length, LongestName)];

    [GeneratedRegex(@"^(?:(?:https?|ssh|git|file)://\S+|[\w.-]+@[\w.-]+:\S+)$")]
    private static partial Regex Address();

    [GeneratedRegex(@"[^\w.-]+")]
    private static partial Regex NoName();
}
