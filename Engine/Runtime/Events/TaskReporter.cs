using Elsa.Workflows;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Notifications;

namespace AgentOS.Engine.Runtime.Events;

/// <summary>Resumes the workflow that waits for a task.</summary>
internal sealed class TaskReporter(Stimuli stimuli, IStimulusHasher hasher) : ITaskReporter
{
    public const string StimulusName = "Elsa.RunTask";

    /// <summary>The key in the input of the resumed instance under which the task's result is found.</summary>
    public const string ResultKey = "RunTaskInput";

    public Task ReportCompletionAsync(string taskId, object? result = null, CancellationToken cancellationToken = default) =>
        stimuli.PublishAsync(StimulusName, hasher.Hash(StimulusName, new Elsa.Workflows.Runtime.Stimuli.RunTaskStimulus(taskId, "")), new() { Input = new Dictionary<string, object> { [ResultKey] = result! } }, keep: false);
}

/// <summary>Nobody is told of tasks unless the host registers a dispatcher of its own: they are found in the activity executions.</summary>
internal sealed class SilentTaskDispatcher : ITaskDispatcher
{
    public Task DispatchAsync(RunTaskRequest request, CancellationToken cancellationToken = default) => Task.CompletedTask;
}
