using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Kernel;

namespace AgentOS.Server.Cli.Workflows;

/// <summary>workflow import.</summary>
internal static class WorkflowImport
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("file") { Description = "Files of definitions, or folders of them.", Arity = ArgumentArity.OneOrMore };
        var draft = new Option<bool>("--draft") { Description = "Save as a draft, which nothing runs until it is published." };
        var json = CommonOptions.Json();
        var command = new Command("import", "Save definitions as new versions and publish them; says what is different from the versions before.") { paths, draft, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var files = WorkflowFile.Read(parsed.GetRequiredValue(paths));
            if (files.FirstOrDefault(file => file.Mistake is not null) is { } broken) throw new AgentOSException($"{broken.Path}: {broken.Mistake} Nothing was imported.");
            using var client = ApiClient.Connect(parsed.GetValue(CommonOptions.Url));
            var results = new List<ImportedWorkflow>();
            foreach (var file in files)
            {
                var result = await ImportAsync(new(client), file, !parsed.GetValue(draft), cancellation);
                results.Add(result);
                if (!parsed.GetValue(json)) Print(result);
            }
            if (parsed.GetValue(json)) Output.Json(results);
            return results.All(result => result.Error is null) ? ExitCode.Done : ExitCode.Failed;
        });
        return command.Example("agentos workflow import task.json", "agentos workflow import workflows");
    }

    private static async Task<ImportedWorkflow> ImportAsync(WorkflowApi api, WorkflowFile file, bool publish, CancellationToken cancellation)
    {
        var before = await BeforeAsync(api, file.Id, cancellation);
        var changes = before is { } old ? WorkflowOutline.Of(old).ChangesTo(WorkflowOutline.Of(file.Definition)).ToList() : ["new"];
        if (before is { } same && changes.Count == 0 && (WorkflowApi.Is(same, "isPublished") || !publish)) return Result(same, []);
        try
        {
            // As it is in the file, but for an id where it has none: the next import is to find it again.
            var body = JsonObject.Create(file.Definition) ?? throw new AgentOSException("A workflow definition is a JSON object.");
            if (file.Text("definitionId") is null) body["definitionId"] = file.Id;
            // In one: a definition that cannot be published leaves nothing behind.
            var saved = (await api.PostAsync("/workflow-definitions", new JsonObject { ["model"] = body, ["publish"] = publish }, cancellation)).GetProperty("workflowDefinition");
            return Result(saved, changes);
        }
        catch (AgentOSException refusal) when (refusal is not ServerUnreachableException)
        {
            return new(file.Path, file.Id, null, false, [], refusal.Message);
        }

        ImportedWorkflow Result(JsonElement saved, IReadOnlyList<string> changes) =>
            new(file.Path, file.Id, int.TryParse(WorkflowApi.Text(saved, "version"), out var version) ? version : null, WorkflowApi.Is(saved, "isPublished"), changes, null);
    }

    private static async Task<JsonElement?> BeforeAsync(WorkflowApi api, string id, CancellationToken cancellation) =>
        (await api.ListAsync(cancellation)).Any(item => WorkflowApi.Text(item, "definitionId") == id) ? await api.FindAsync(id, null, cancellation) : null;

    private static void Print(ImportedWorkflow imported)
    {
        if (imported.Error is { } error) Console.WriteLine($"{imported.File}: not imported: {Output.OneLine(error)}");
        else if (imported.Changes.Count == 0) Console.WriteLine($"{imported.Workflow}: nothing changed (version {imported.Version})");
        else Console.WriteLine($"{imported.Workflow}: version {imported.Version}{(imported.Published ? ", published" : ", a draft")}");
        foreach (var change in imported.Changes) Console.WriteLine($"  {Output.OneLine(change)}");
    }
}

/// <summary>What became of a file.</summary>
internal sealed record ImportedWorkflow(string File, string Workflow, int? Version, bool Published, IReadOnlyList<string> Changes, string? Error);
