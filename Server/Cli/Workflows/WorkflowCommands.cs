using System.CommandLine;
using System.Text.Json;
using AgentOS.Kernel;
using AgentOS.Server.Hosting;

namespace AgentOS.Server.Cli.Workflows;

/// <summary>workflow list, show, export, import, validate, run, status, retry.</summary>
internal static class WorkflowCommands
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create() => new("workflow", "Workflow definitions: what the loop is made of, and any others. They are opened in the browser with: agentos dashboard")
    {
        List(), Show(), Export(), WorkflowImport.Create(), Validate(), WorkflowRun.Create(), WorkflowState.Status(), WorkflowState.Retry(),
    };

    public static Argument<string> Id() => new("workflow") { Description = "Id or name of the definition, as 'agentos workflow list' shows it." };

    public static Option<string?> Version() => new("--version") { Description = "A version's number, Latest (default) or Published." };

    private static Command List() => ApiCommand.Create("list", "List the workflow definitions, each in its latest version.", [], [],
        (_, client, cancellation) => new WorkflowApi(client).ListAsync(cancellation), items => Output.Table(
            ["id", "name", "version", "published", "description"],
            [.. items.Select(item => (string[])[Text(item, "definitionId"), Text(item, "name"), Text(item, "version"), WorkflowApi.Is(item, "isPublished") ? "yes" : "no", Text(item, "description")])],
            "There are none. Import one: agentos workflow import FILE"))
        .Example("agentos workflow list");

    private static Command Show()
    {
        var (id, version) = (Id(), Version());
        return ApiCommand.Create("show", "Show a definition: its activities and where each leads.", [id], [version],
            (parsed, client, cancellation) => new WorkflowApi(client).FindAsync(parsed.GetRequiredValue(id), parsed.GetValue(version), cancellation), Print)
            .Example("agentos workflow show task", "agentos workflow show goal --version Published");
    }

    private static Command Export()
    {
        var (id, version) = (new Argument<string?>("workflow") { Description = "Id or name of the definition.", Arity = ArgumentArity.ZeroOrOne }, Version());
        var output = new Option<string?>("--out", "-o") { Description = "File to write; with --all a folder (default: standard output)." };
        var all = new Option<bool>("--all") { Description = "Every definition, a file each, named by its id." };
        var json = CommonOptions.Json();
        var command = new Command("export", "Write a definition as JSON, as Studio does and as 'import' takes it.") { id, version, output, all, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetValue(id) is not null)) result.AddError("Name one workflow, or give --all.");
            if (result.GetValue(all) && result.GetValue(output) is null) result.AddError("--all needs a folder: --out FOLDER");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ApiClient.Connect(parsed.GetValue(CommonOptions.Url));
            var api = new WorkflowApi(client);
            IReadOnlyList<JsonElement> found = parsed.GetValue(all) ? await api.ListAsync(cancellation) : [await api.FindAsync(parsed.GetRequiredValue(id)!, parsed.GetValue(version), cancellation)];
            foreach (var definition in found)
            {
                var name = Text(definition, "definitionId");
                var text = JsonSerializer.Serialize(await api.ExportAsync(name, parsed.GetValue(version), cancellation), Indented);
                if (parsed.GetValue(output) is not { } path) Console.WriteLine(text);
                else await WriteAsync(parsed.GetValue(all) ? Path.Combine(Directory.CreateDirectory(path).FullName, SafeName(name) + ".json") : path, text, cancellation);
            }
            return ExitCode.Done;
        });
        return command.Example("agentos workflow export task --out task.json", "agentos workflow export --all --out workflows");
    }

    private static Command Validate()
    {
        var paths = new Argument<string[]>("file") { Description = "Files of definitions, or folders of them. Needs no server.", Arity = ArgumentArity.OneOrMore };
        var json = CommonOptions.Json();
        var command = new Command("validate", "Look for mistakes in definitions: unknown activities, ports, variables and expressions, lost connections, what is never reached and what never ends.") { paths, json };
        command.SetAction(parsed =>
        {
            var files = WorkflowFile.Read(parsed.GetRequiredValue(paths));
            var check = EngineSetup.Validator(files.Where(file => file.Mistake is null).Select(file => file.Definition));
            var results = files.Select(file => new ValidatedFile(file.Path, file.Mistake is { } broken ? [new(null, broken)] : check(file.Definition))).ToList();
            if (parsed.GetValue(json)) Output.Json(results);
            else results.ForEach(Print);
            return results.All(file => file.Ok) ? ExitCode.Done : ExitCode.Failed;
        });
        return command.Example("agentos workflow validate Workflows/task.json");
    }

    private static void Print(ValidatedFile file)
    {
        if (file.Ok) Console.WriteLine($"{file.File}: no mistakes");
        foreach (var mistake in file.Mistakes) Console.WriteLine($"{file.File}: {(mistake.Activity is { } activity ? $"activity '{Output.OneLine(activity)}': " : "")}{Output.OneLine(mistake.Message)}");
    }

    private static void Print(JsonElement definition)
    {
        Output.Facts(("id", Text(definition, "definitionId")), ("name", Text(definition, "name")), ("version", Text(definition, "version")),
            ("published", WorkflowApi.Is(definition, "isPublished") ? "yes" : "no"), ("about", Text(definition, "description")));
        Console.WriteLine();
        var outline = WorkflowOutline.Of(definition);
        Output.Table(["activity", "type", "leads to"], [.. outline.Activities.Select(activity => (string[])[activity.Id, activity.Type, string.Join(", ", outline.From(activity.Id))])], "It has no activities.");
    }

    // An id is a person's; a file's name is not a path.
    private static string SafeName(string id) => string.Concat(id.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-')).TrimStart('.');

    private static async Task WriteAsync(string path, string text, CancellationToken cancellation)
    {
        try
        {
            await File.WriteAllTextAsync(path, text + "\n", cancellation);
            Console.Error.WriteLine($"Written: {path}");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new AgentOSException($"{path} cannot be written: {refused.Message}");
        }
    }

    private static string Text(JsonElement json, string name) => WorkflowApi.Text(json, name) ?? "";
}

/// <summary>What was found in a file.</summary>
internal sealed record ValidatedFile(string File, IReadOnlyList<WorkflowMistake> Mistakes)
{
    public bool Ok => Mistakes.Count == 0;
}
