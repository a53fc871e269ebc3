using AgentOS.Engine.Runtime.Commits;
using Elsa.Workflows;
using Elsa.Workflows.Runtime.Stimuli;

namespace AgentOS.Engine.Runtime.Execution;

/// <summary>Tells the instance that waits for a child that the child has ended, in the child's own last transaction.</summary>
internal sealed class ParentNotifier(IStimulusHasher hasher, TimeProvider time)
{
    /// <summary>Property of an instance whose parent waits for its end: the name of the stimulus that the parent waits for.</summary>
    public const string WaitProperty = "WaitForCompletion";

    /// <summary>Property: the hash of that stimulus, where it is not made of the child's id alone.</summary>
    public const string HashProperty = "ParentStimulusHash";

    // A child may end before its parent's bookmark is committed.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    public void Notify(WorkflowExecutionContext child, Burst burst)
    {
        if (child.ParentWorkflowInstanceId is not { } parent || child.GetProperty<string>(WaitProperty) is not { Length: > 0 } name) return;
        var input = WorkRequest.Bytes(new Dictionary<string, object?>
        {
            ["WorkflowInstanceId"] = child.Id,
            ["WorkflowDefinitionVersionId"] = child.Workflow.Identity.Id,
            ["CorrelationId"] = child.CorrelationId,
            ["WorkflowStatus"] = child.Status.ToString(),
            ["WorkflowSubStatus"] = child.SubStatus.ToString(),
            ["WorkflowOutput"] = child.Output
        });
        var hash = child.GetProperty<string>(HashProperty) ?? hasher.Hash(name, name == "Elsa.ExecuteWorkflow" ? new ExecuteWorkflowStimulus(child.Id) : new DispatchWorkflowStimulus(child.Id));
        burst.Publish(new StimulusRow(name, hash, parent, null, null, null, input, time.GetUtcNow().UtcDateTime + Kept));
    }
}
