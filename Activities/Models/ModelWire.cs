using AgentOS.Kernel.Database;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace AgentOS.Activities.Models;

/// <summary>A request as one model's endpoint wants it.</summary>
internal static class ModelWire
{
    /// <summary>Of an assistant's <see cref="ChatMessage"/>: the <c>provider/model</c> that wrote it.</summary>
    public const string Author = "agentos.model";

    public static ChatOptions Options(ModelRequest request, ModelRole role, Model model, ModelProvider provider, int? most)
    {
        return new ChatOptions
        {
            ModelId = model.Name,
            Tools = request.Tools.Count == 0 ? null : [.. request.Tools],
            ToolMode = request.Tools.Count == 0 ? null : request.RequireTool ? ChatToolMode.RequireAny : ChatToolMode.Auto,
            Temperature = (float?)(request.Temperature ?? role.Temperature),
            RawRepresentationFactory = _ => RawOptions(most, provider),
        };
    }

    /// <summary>What is asked for at most: the nearest limit that is set. Null: the provider's own.</summary>
    public static int? OutputLimit(ModelRequest request, ModelRole role, Model model)
    {
        var most = request.MaxOutputTokens ?? role.MaxOutputTokens ?? model.MaxOutputTokens;
        return model.MaxOutputTokens is { } limit ? Math.Min(most!.Value, limit) : most;
    }

#pragma warning disable SCME0001 // The patch is the library's only way to send what OpenAI's own API does not have; tests hold it against the wire.
    private static ChatCompletionOptions RawOptions(int? most, ModelProvider provider)
    {
        var options = new ChatCompletionOptions();
        if (most is null) return options;
        // OpenAI renamed the limit; the endpoints that follow its first API know the old name only.
        if (provider.BaseUrl!.Host == "api.openai.com") options.MaxOutputTokenCount = most;
        else options.Patch.Set("$.max_tokens"u8, most.Value);
        return options;
    }

    /// <summary>
    /// The messages without any configured key, and with <c>reasoning_content</c> given back to the provider it came from:
    /// DeepSeek's thinking models refuse a tool call of theirs that comes back without it, even where it was empty.
    /// </summary>
    public static List<ChatMessage> Messages(IReadOnlyList<ChatMessage> messages, Model model, Func<string, string> scrub)
    {
        bool IsOurs(ChatMessage m) => m.AdditionalProperties?.TryGetValue(Author, out string? author) == true
            && author.StartsWith(model.Provider + "/", StringComparison.Ordinal);
        var thinks = messages.Any(m => IsOurs(m) && m.Contents.OfType<TextReasoningContent>().Any());
        return [.. messages.Select(message =>
        {
            var clean = new ChatMessage(message.Role, [.. message.Contents.Where(c => c is not TextReasoningContent).Select(c => Clean(c, scrub))]);
            var calls = clean.Contents.OfType<FunctionCallContent>().ToList();
            if (!thinks || calls.Count == 0 || message.Role != ChatRole.Assistant) return clean;
            var raw = new AssistantChatMessage(calls.Select(call =>
                ChatToolCall.CreateFunctionToolCall(call.CallId, call.Name, BinaryData.FromString(ToolArguments.Write(call.Arguments)))));
            if (clean.Text.Length > 0) raw.Content.Add(ChatMessageContentPart.CreateTextPart(clean.Text));
            var reasoning = string.Concat(message.Contents.OfType<TextReasoningContent>().Select(r => scrub(r.Text)));
            // The patch takes no empty text, but it takes the JSON of one.
            if (reasoning.Length == 0) raw.Patch.Set("$.reasoning_content"u8, "\"\""u8);
            else raw.Patch.Set("$.reasoning_content"u8, reasoning);
            clean.RawRepresentation = raw;
            return clean;
        })];
    }
#pragma warning restore SCME0001

    private static AIContent Clean(AIContent content, Func<string, string> scrub)
    {
        switch (content)
        {
            case TextContent text:
                var cleanText = scrub(PlainText.Clean(text.Text));
                return ReferenceEquals(cleanText, text.Text) ? text : new TextContent(cleanText);
            case FunctionResultContent { Result: string result } answer:
                var cleanResult = scrub(PlainText.Clean(result));
                return ReferenceEquals(cleanResult, result) ? answer : new FunctionResultContent(answer.CallId, cleanResult);
            case FunctionCallContent call:
                var arguments = ToolArguments.Write(call.Arguments);
                var cleanArguments = scrub(arguments);
                return cleanArguments == arguments ? call : new FunctionCallContent(call.CallId, call.Name, ToolArguments.Read(cleanArguments));
            default:
                return content;
        }
    }
}
