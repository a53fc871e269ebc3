using System.Text.Json;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Repositories;

/// <summary>A git repository that AgentOS manages.</summary>
/// <param name="Path">Of the repository on this machine.</param>
/// <param name="Checks">Commands that the owner set here (<c>setup</c>, <c>test</c>, <c>analyze</c>); they win over the repository's own.</param>
/// <param name="Settings">What loosens the sandbox: <c>network</c>, <c>folders</c>, <c>limits</c>.</param>
public sealed record Repository(Guid Id, string Name, string Path, string? RemoteUrl, string DefaultBranch, JsonElement Checks, JsonElement Settings, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    internal const string Columns = "r.id, r.name, r.path, r.remote_url, r.default_branch, r.checks, r.settings, r.created_at, r.updated_at";

    internal static Repository Read(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        return new(row.Id(), row.Text(), row.Text(), row.OptionalText(), row.Text(), row.Json(), row.Json(), row.Time(), row.Time());
    }
}
