using System.Text.Json.Serialization;

namespace AgentOS.Activities.Models;

/// <summary>One line of a session: a closed union, kept as JSON.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SystemEntry), "system")]
[JsonDerivedType(typeof(UserEntry), "user")]
[JsonDerivedType(typeof(AssistantEntry), "assistant")]
[JsonDerivedType(typeof(ToolEntry), "tool")]
public abstract record TranscriptEntry
{
    private protected TranscriptEntry() { }
}

public sealed record SystemEntry(string Text) : TranscriptEntry;

/// <summary>What AgentOS or a person told the agent: the task, feedback, an answer.</summary>
public sealed record UserEntry(string Text) : TranscriptEntry;

/// <param name="Model">Who wrote it, as <c>provider/model</c>.</param>
public sealed record AssistantEntry(string Text, string? Reasoning, IReadOnlyList<ToolCall> ToolCalls, string Model) : TranscriptEntry
{
    public static AssistantEntry From(ModelReply reply) => new(reply.Text, reply.Reasoning, reply.ToolCalls, reply.Model);
}

/// <summary>A tool's answer to the call <paramref name="CallId"/> of the assistant entry before it.</summary>
public sealed record ToolEntry(string CallId, string Tool, string Text) : TranscriptEntry;
