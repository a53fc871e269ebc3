using Elsa.Workflows;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Stimuli;

namespace AgentOS.Engine.Runtime.Events;

internal sealed class EventPublisher(Stimuli stimuli, IStimulusHasher hasher) : IEventPublisher
{
    public const string EventName = "Elsa.Event";

    /// <summary>The key in the input of a resumed or started instance under which the event's payload is found.</summary>
    public const string PayloadKey = "__EventPayloadWorkflowInput";

    public async Task PublishAsync(string eventName, string? correlationId = null, string? workflowInstanceId = null, string? activityInstanceId = null, object? payload = null,
        bool asynchronous = false, CancellationToken cancellationToken = default)
    {
        var to = new StimulusMetadata
        {
            CorrelationId = correlationId,
            WorkflowInstanceId = workflowInstanceId,
            ActivityInstanceId = activityInstanceId,
            Input = payload is null ? null : new Dictionary<string, object> { [PayloadKey] = payload }
        };
        var stimulus = new EventStimulus(eventName);
        if (asynchronous) await stimuli.PublishAsync(EventName, hasher.Hash(EventName, stimulus), to, keep: true);
        else await stimuli.SendAsync(EventName, hasher.Hash(EventName, stimulus), to, cancellationToken);
    }
}
