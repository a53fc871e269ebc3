using System.Text.Json;
using System.Text.Json.Serialization;
using AgentOS.Activities.Git;
using AgentOS.Activities.Review.Checks;
using AgentOS.Activities.Shell;
using AgentOS.Kernel.Repositories;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentOS.Server.Api;

internal static class RepositoryApi
{
    public static void MapRepositoryApi(this IEndpointRouteBuilder routes)
    {
        var repositories = routes.MapGroup("/api/repositories").WithTags("Repositories");
        repositories.MapGet("/", (RepositoryStore store, CancellationToken cancellation) => store.ListAsync(cancellation)).WithSummary("The repositories that AgentOS manages.");
        repositories.MapPost("/", AddAsync).WithSummary("Manages a git repository of this machine, or clones the one of a URL.");
        repositories.MapGet("/{repository}", (string repository, Lookup find, CancellationToken cancellation) => find.RepositoryAsync(repository, cancellation)).WithSummary("By name or id.");
        repositories.MapPatch("/{repository}", ChangeAsync).WithSummary("Changes name, branch, remote, checks, and what loosens the sandbox.");
        repositories.MapDelete("/{repository}", RemoveAsync).WithSummary("Manages it no more; its files stay. Refused while tasks belong to it.");
    }

    private static async Task<Created<Repository>> AddAsync(AddRepository body, RepositoryIntake intake, CancellationToken cancellation)
    {
        var added = await intake.AddAsync(InputException.Text(body.Path, "path", 4096), body.Name is null ? null : InputException.Text(body.Name, "name", 90), body.Branch, body.RemoteUrl, cancellation);
        return TypedResults.Created($"/api/repositories/{added.Id}", added);
    }

    private static async Task<Repository> ChangeAsync(string repository, ChangeRepository body, RepositoryStore store, Lookup find, CancellationToken cancellation)
    {
        var found = await find.RepositoryAsync(repository, cancellation);
        if (body.DefaultBranch is not null) ManagedRepository.Inspect(found.Path, body.DefaultBranch);
        return await store.UpdateAsync(found.Id, body.Name is null ? null : InputException.Text(body.Name, "name", 100), body.DefaultBranch, body.RemoteUrl,
            body.Checks is { } checks ? ChecksOf(checks) : null,
            body.Settings is { } settings ? SandboxSettings.Read(settings).Write() : null, cancellation);
    }

    private static async Task<NoContent> RemoveAsync(string repository, RepositoryStore store, Lookup find, CancellationToken cancellation)
    {
        await store.RemoveAsync((await find.RepositoryAsync(repository, cancellation)).Id, cancellation);
        return TypedResults.NoContent();
    }

    private static string ChecksOf(JsonElement checks)
    {
        if (checks.ValueKind != JsonValueKind.Object) throw new InputException("'checks' takes a JSON object: setup, test, analyze.");
        CheckFile.Parse(checks.GetRawText(), CheckSource.Owner, "'checks'");
        return checks.GetRawText();
    }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AddRepository(string? Path, string? Name, string? Branch, string? RemoteUrl);

/// <param name="Checks">Commands that win over the repository's own: <c>setup</c>, <c>test</c>, <c>analyze</c>.</param>
/// <param name="Settings">The whole of <see cref="SandboxSettings"/>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ChangeRepository(string? Name, string? DefaultBranch, string? RemoteUrl, JsonElement? Checks, JsonElement? Settings);
