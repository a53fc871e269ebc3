namespace AgentOS.Activities.Models.Sessions;

/// <summary>What a workflow says of a session that it opens; nothing of it is needed.</summary>
/// <param name="Model">In place of the role's.</param>
/// <param name="Instructions">For the agent, besides its prompt.</param>
public sealed record SessionChoices(string? Model = null, string? Instructions = null)
{
    /// <summary>The end of the prompt.</summary>
    public string Told => string.IsNullOrWhiteSpace(Instructions) ? "" : $"\n# Instructions of the workflow\n{Instructions.Trim()}\n";
}
