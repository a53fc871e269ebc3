using System.Text.Json;
using System.Text.RegularExpressions;
using AgentOS.Kernel.Database;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentOS.Activities.Models;

/// <summary>A server's tool under a name that says whose it is: <c>server_tool</c>.</summary>
internal sealed partial class McpTool(string server, McpClientTool tool) : AIFunction
{
    // Endpoints refuse longer names; a longer description is more likely a prompt than a description.
    private const int LongestName = 64;
    private const int LongestDescription = 1500;

    public override string Name { get; } = Cut(NotAllowed().Replace($"{server}_{tool.Name}", "_"), LongestName);

    public override string Description { get; } = Cut(PlainText.Clean(tool.Description ?? ""), LongestDescription);

    public override JsonElement JsonSchema => tool.JsonSchema;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var result = await tool.CallAsync(new Dictionary<string, object?>(arguments), cancellationToken: cancellationToken);
        var text = string.Join('\n', result.Content.Select(block => block is TextContentBlock said ? said.Text : $"[{block.Type} left out]"));
        if (text.Length == 0 && result.StructuredContent is { } structured) text = structured.ToString();
        return result.IsError == true ? $"Error: {text}" : text;
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex NotAllowed();
}
