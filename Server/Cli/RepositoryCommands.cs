using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Kernel.Repositories;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli;

/// <summary>repo add, list, show, set, remove.</summary>
internal static class RepositoryCommands
{
    public static Command Create() => new("repo", "Repositories, and what their commands may do in the sandbox.") { Add(), List(), Show(), Set(), Remove() };

    /// <summary>What a person typed: a path of this machine is made whole, a name stays a name.</summary>
    public static string? Named(string? typed) => typed is null || RepositoryIntake.IsUrl(typed) || !(Directory.Exists(typed) || typed.Contains('/')) ? typed : Path.TrimEndingDirectorySeparator(Path.GetFullPath(typed));

    private static string Given(string typed) => RepositoryIntake.IsUrl(typed) ? typed : Path.GetFullPath(typed);

    private static Command Add()
    {
        var path = new Argument<string>("path") { Description = "Of the working tree; or a URL, which is cloned, and to which merges are pushed." };
        var name = new Option<string?>("--name") { Description = "Default: the folder's." };
        var branch = new Option<string?>("--branch") { Description = "Where merges go (default: what is checked out)." };
        var remote = new Option<string?>("--remote") { Description = "Address or name of the remote that merges are pushed to." };
        return ApiCommand.Create("add", "Manage a git repository, of this machine or cloned from a URL.", [path], [name, branch, remote], (parsed, client, cancellation) =>
            client.PostAsync<Repository>("/api/repositories", new AddRepository(Given(parsed.GetRequiredValue(path)), parsed.GetValue(name), parsed.GetValue(branch), parsed.GetValue(remote)), cancellation),
            repository => Console.WriteLine($"{Output.OneLine(repository.Name)}: {Output.OneLine(repository.Path)}, branch {Output.OneLine(repository.DefaultBranch)}"))
            .Example("agentos repo add ~/src/my-project", "agentos repo add . --branch develop --remote origin", "agentos repo add https://example.org/team/project.git");
    }

    private static Command List() => ApiCommand.Create("list", "List the repositories.", [], [], (_, client, cancellation) =>
        client.GetAsync<List<Repository>>("/api/repositories", cancellation), repositories => Output.Table(
            ["name", "branch", "path"], [.. repositories.Select(repository => (string[])[repository.Name, repository.DefaultBranch, repository.Path])],
            "There are none yet: a goal adds its repository, or: agentos repo add PATH"))
        .Example("agentos repo list");

    private static Command Show()
    {
        var name = new Argument<string>("name") { Description = "Name or path of the repository." }.CompletesRepositories();
        return ApiCommand.Create("show", "Show a repository.", [name], [], (parsed, client, cancellation) => FindAsync(client, parsed.GetRequiredValue(name), cancellation), Print)
            .Example("agentos repo show my-project");
    }

    private static Command Set()
    {
        var name = new Argument<string>("name") { Description = "Name or path of the repository." }.CompletesRepositories();
        var network = new Option<string?>("--network") { Description = "When commands may use the network: none, setup, always." };
        network.AcceptOnlyFromAmong("none", "setup", "always");
        var read = Many("--read", "Folder of the machine that commands may read.");
        var write = Many("--write", "Folder of the machine that commands may change.");
        var variables = Many("--env", "NAME=VALUE in the environment of commands.");
        (Option<int?> Option, string Field)[] limits =
        [
            (new("--time") { Description = "Seconds that a command may take." }, "time_seconds"), (new("--memory") { Description = "Memory of a command, in MB." }, "memory_mb"),
            (new("--processes") { Description = "Processes and threads of a command." }, "processes"), (new("--disk") { Description = "What a command may add to the disk, in MB." }, "disk_mb"),
            (new("--output") { Description = "Output that is kept, in KB." }, "output_kb"),
        ];
        (Option<string?> Option, string Field)[] checks =
        [
            (new("--setup") { Description = "Command that fetches dependencies; wins over the repository's own." }, "setup"),
            (new("--test") { Description = "Command that tests." }, "test"), (new("--analyze") { Description = "Command that analyses." }, "analyze"),
        ];
        var branch = new Option<string?>("--branch") { Description = "Where merges go." };
        var remote = new Option<string?>("--remote") { Description = "Where merges are pushed to." };
        var reset = new Option<bool>("--reset") { Description = "Forget all settings and checks before." };
        return ApiCommand.Create("set", "Change what a repository's commands may do. Folders and variables replace those before.", [name],
            [network, read, write, variables, .. limits.Select(limit => limit.Option), .. checks.Select(check => check.Option), branch, remote, reset],
            async (parsed, client, cancellation) =>
            {
                var repository = await FindAsync(client, parsed.GetRequiredValue(name), cancellation);
                var settings = parsed.GetValue(reset) ? [] : ObjectOf(repository.Settings);
                if (parsed.GetValue(network) is { } when) settings["network"] = when;
                foreach (var (option, field) in (ReadOnlySpan<(Option<string[]?>, string)>)[(read, "read"), (write, "write")])
                    if (parsed.GetValue(option) is { Length: > 0 } folders) Part(settings, "folders")[field] = new JsonArray([.. folders.Select(folder => (JsonNode)Path.GetFullPath(folder))]);
                if (parsed.GetValue(variables) is { Length: > 0 } given)
                    settings["environment"] = new JsonObject(given.Select(pair => KeyValuePair.Create(pair.Split('=', 2)[0], (JsonNode?)(pair.Split('=', 2).ElementAtOrDefault(1) ?? ""))));
                foreach (var (option, field) in limits)
                    if (parsed.GetValue(option) is { } number) Part(settings, "limits")[field] = number;
                var commands = parsed.GetValue(reset) ? [] : ObjectOf(repository.Checks);
                foreach (var (option, field) in checks)
                    if (parsed.GetValue(option) is { } command) commands[field] = command;
                return await client.PatchAsync<Repository>($"/api/repositories/{repository.Id}", new ChangeRepository(null, parsed.GetValue(branch), parsed.GetValue(remote),
                    JsonSerializer.SerializeToElement(commands), JsonSerializer.SerializeToElement(settings)), cancellation);
            }, Print)
            .Example("agentos repo set my-project --network setup --memory 4096", "agentos repo set my-project --test \"make check\" --env CI=true");
    }

    private static Command Remove()
    {
        var name = new Argument<string>("name") { Description = "Name or path of the repository." }.CompletesRepositories();
        return ApiCommand.Create("remove", "Manage a repository no more; its files stay.", [name], [], async (parsed, client, cancellation) =>
        {
            var repository = await FindAsync(client, parsed.GetRequiredValue(name), cancellation);
            await client.DeleteAsync($"/api/repositories/{repository.Id}", cancellation);
            return repository;
        }, repository => Console.WriteLine($"{Output.OneLine(repository.Name)} is not managed any more. Its files are where they were."))
            .Example("agentos repo remove my-project");
    }

    // By path too, which does not go into an address.
    private static async Task<Repository> FindAsync(ApiClient client, string typed, CancellationToken cancellation) =>
        (await client.GetAsync<List<Repository>>("/api/repositories", cancellation)).FirstOrDefault(repository => repository.Path == Named(typed))
        ?? await client.GetAsync<Repository>($"/api/repositories/{Query.Escape(typed)}", cancellation);

    private static void Print(Repository repository) => Output.Facts(
        ("id", repository.Id.ToString()), ("name", repository.Name), ("path", repository.Path), ("branch", repository.DefaultBranch), ("remote", repository.RemoteUrl),
        ("checks", repository.Checks.GetRawText()), ("sandbox", repository.Settings.GetRawText()));

    private static Option<string[]?> Many(string name, string description) => new(name) { Description = description };

    private static JsonObject ObjectOf(JsonElement value) => JsonObject.Create(value) ?? [];

    private static JsonObject Part(JsonObject whole, string name)
    {
        if (whole[name] is JsonObject part) return part;
        whole[name] = part = [];
        return part;
    }
}
