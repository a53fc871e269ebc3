using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Models;

/// <summary>One question to a role's model.</summary>
/// <param name="StepKey">Names the step for good (<c>{session}:{seq}</c>): asked again after a crash, it returns the recorded answer and costs nothing.</param>
public sealed record ModelRequest(string Role, IReadOnlyList<ChatMessage> Messages, IReadOnlyList<AITool> Tools, string StepKey)
{
    /// <summary>Whose transcript and budget it is.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The transcript's length: the answer is appended there in the transaction that settles the call. Null appends nothing.</summary>
    public int? Seq { get; init; }

    /// <summary>Instead of the role's primary, as a reference of llm.yaml (an agent's own model). The role's fallback stays.</summary>
    public string? Model { get; init; }

    public double? Temperature { get; init; }

    public int? MaxOutputTokens { get; init; }

    /// <summary>The model must answer with a tool call.</summary>
    public bool RequireTool { get; init; }
}
