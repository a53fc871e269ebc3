using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Repositories;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Server.Api;

/// <summary>Finds things by what people call them: a name, an id, or its first letters.</summary>
internal sealed class Lookup(TaskStore tasks, AgentStore agents, RepositoryStore repositories)
{
    private const int ShortestPrefix = 4;

    /// <exception cref="NotFoundException"/>
    /// <exception cref="InputException">The prefix fits several.</exception>
    public async Task<AgentTask> TaskAsync(string key, CancellationToken cancellation)
    {
        if (Guid.TryParse(key, out var id)) return await tasks.GetAsync(id, cancellation);
        if (key.Length < ShortestPrefix || !key.All(letter => char.IsAsciiHexDigit(letter) || letter == '-'))
            throw new InputException($"'{key}' is no id of a task. Give the id, or at least its first {ShortestPrefix} characters (agentos task list).");
        return await tasks.FindByPrefixAsync(key, cancellation) switch
        {
            [var one] => one,
            [] => throw new NotFoundException("task", key),
            _ => throw new InputException($"Several tasks begin with '{key}'. Give more of the id."),
        };
    }

    public async Task<Agent> AgentAsync(string key, CancellationToken cancellation) =>
        await agents.FindAsync(key, cancellation) ?? (Guid.TryParse(key, out var id) ? await agents.FindAsync(id, cancellation) : null) ?? throw new NotFoundException("agent", key);

    public async Task<Guid?> AgentIdAsync(string? key, CancellationToken cancellation) => key is null ? null : (await AgentAsync(key, cancellation)).Id;

    /// <summary>Whom work is given to: an agent; or, by the name of a role, whoever of that role is free (null).</summary>
    public async Task<Guid?> AssigneeAsync(string? key, CancellationToken cancellation)
    {
        if (key is null) return null;
        if (await agents.FindAsync(key, cancellation) is { } named) return named.Id;
        return Words.TryParse<AgentRole>(key, out _) ? null : (await AgentAsync(key, cancellation)).Id;
    }

    public async Task<Repository> RepositoryAsync(string key, CancellationToken cancellation) =>
        await repositories.FindAsync(key, cancellation)
        ?? (Guid.TryParse(key, out var id) ? await repositories.FindAsync(id, cancellation) : null)
        ?? throw new NotFoundException("repository", key);

    public async Task<Guid?> RepositoryIdAsync(string? key, CancellationToken cancellation) => key is null ? null : (await RepositoryAsync(key, cancellation)).Id;

    /// <exception cref="InputException">None of the words of the enum.</exception>
    public static T? Word<T>(string? text, string field) where T : struct, Enum =>
        text is null ? null
        : Words.TryParse<T>(text, out var value) ? value
        : throw new InputException($"'{field}' is '{text}'. It takes {string.Join(", ", Words.All<T>())}.");
}
