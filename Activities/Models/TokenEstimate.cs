using System.Text;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Models;

/// <summary>
/// Tokens from text lengths, on the safe (high) side: three bytes a token, where English and code have nearer to four.
/// Exact counts need each model's own tokenizer; an endpoint's figures replace these as soon as they are there.
/// </summary>
public static class TokenEstimate
{
    private const int PerMessage = 6;

    public static int Of(string? text) => text is null ? 0 : (Encoding.UTF8.GetByteCount(text) + 2) / 3;

    public static int Of(ChatMessage message) => PerMessage + message.Contents.Sum(content => content switch
    {
        TextContent text => Of(text.Text),
        TextReasoningContent reasoning => Of(reasoning.Text),
        FunctionCallContent call => PerMessage + Of(call.Name) + Of(ToolArguments.Write(call.Arguments)),
        FunctionResultContent result => PerMessage + Of(result.Result?.ToString()),
        _ => 0,
    });

    public static int Of(IEnumerable<ChatMessage> messages, IEnumerable<AITool> tools) => messages.Sum(Of) + tools.Sum(Of);

    public static int Of(AITool tool) => PerMessage + Of(tool.Name) + Of(tool.Description)
        + (tool is AIFunctionDeclaration function ? Of(function.JsonSchema.GetRawText()) : 0);
}
