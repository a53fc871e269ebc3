using AgentOS.Engine.Definitions;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>
/// Publishes the definitions of a folder. A file is read again when its content differs from what was last read of it; a definition that a person
/// has changed since stays as that person left it.
/// </summary>
internal sealed partial class Seeder(DefinitionService definitions, DefinitionJson json, ILogger<Seeder> logger)
{
    /// <returns>How many definitions were published.</returns>
    /// <exception cref="InvalidDefinitionException">A file is no workflow definition.</exception>
    public async Task<int> RunAsync(string folder, CancellationToken cancellationToken = default)
    {
        var published = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var text = await File.ReadAllTextAsync(file, cancellationToken);
            var hash = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))));
            DefinitionDraft draft;
            try
            {
                using var document = JsonDocument.Parse(text, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
                draft = json.Draft(document.RootElement) with { SourceHash = hash };
            }
            catch (Exception exception) when (exception is JsonException or InvalidDefinitionException)
            {
                throw new InvalidDefinitionException($"{Path.GetFileName(file)}: {exception.Message}");
            }
            if (draft.DefinitionId is null) draft = draft with { DefinitionId = Path.GetFileNameWithoutExtension(file) };
            if (await IsCurrentAsync(draft, hash, cancellationToken)) continue;
            await definitions.SaveAsync(draft, publish: true, cancellationToken);
            LogPublished(draft.DefinitionId!, Path.GetFileName(file));
            published++;
        }
        return published;
    }

    private async Task<bool> IsCurrentAsync(DefinitionDraft draft, string hash, CancellationToken cancellationToken)
    {
        var versions = (await definitions.Store.ListAsync(new() { DefinitionIds = [draft.DefinitionId!], OrderBy = "Version", Descending = true }, cancellationToken)).Items;
        if (versions.Count == 0) return false;
        // The file as it is was read before, or a person has worked on the definition since.
        return versions.Any(x => x.SourceHash == hash) || versions[0].SourceHash is null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Workflow {Definition} was published from {File}")]
    private partial void LogPublished(string definition, string file);
}
