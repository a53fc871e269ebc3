namespace AgentOS.Activities.Models.Sessions;

/// <summary>One model call as the inspector shows it.</summary>
/// <param name="Failure">What went wrong and what to do, or null.</param>
public sealed record ModelStep(string? Text, IReadOnlyList<string> ToolCalls, string? Model, long InputTokens, long OutputTokens, decimal CostUsd, double Seconds, string? Failure);

/// <summary>One tool call as the inspector shows it.</summary>
/// <param name="Outcome">The port of <see cref="RunTool"/> that is followed.</param>
/// <param name="Feedback">For the next step: the reason, summary or verdict's feedback.</param>
public sealed record ToolStep(string? Tool, string? Arguments, string? Answer, double Seconds, string Outcome, string? Feedback);
