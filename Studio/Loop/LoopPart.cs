namespace AgentOS.Studio.Loop;

/// <summary>One of the definitions that the product is made of, in plain words.</summary>
/// <param name="Steps">Its way, from the first step to the last.</param>
/// <param name="Back">What leads back, or ends it early.</param>
public sealed record LoopPart(string DefinitionId, string Name, string Text, IReadOnlyList<string> Steps, string Back)
{
    public static readonly IReadOnlyList<LoopPart> All =
    [
        new("goal", "A goal", "Starts with every goal that is given. A planner turns it into tasks, which are set going as soon as what they depend on is done; a judge reads the result against the goal’s words.",
            ["Plan", "Set tasks going", "Wait for them", "Judge the goal", "Close it"], "What falls short is planned again with what was learnt, a few times at most; then a person is asked."),
        new("task", "A task", "Starts with every task that may begin. A worker codes it in a workspace of its own, the repository’s checks run, a judge reviews the change, and it goes to the merge queue.",
            ["Wait for a worker", "Prepare a workspace", "Code", "Commit", "Run the checks", "Review", "Merge"], "Failed checks, a rejection and a conflict go back to the worker with the reason. After its last attempt the task is blocked."),
        new("merge", "The merge queue", "Starts when something waits to be merged in a repository. What will land is tested as it will land, several changes at once, and the branch moves to exactly what was tested.",
            ["Take a batch", "Test it", "Land it"], "A batch that fails is split until the change that breaks it is found: that one goes back, the others land."),
        new("heartbeat", "The heartbeat", "Starts every minute and does what is due of the agents’ duties. New work starts at once without it: it finds what was left lying, after a crash for example.",
            ["Claim what is due", "Do each duty"], "Each duty is done once, on whichever server claims it first."),
    ];
}
