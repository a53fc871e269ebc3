using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Stimuli;

namespace Elsa.Extensions;

/// <summary>Waiting for events from any activity.</summary>
public static class ActivityExecutionContextEventExtensions
{
    /// <summary>Suspends the activity until the event is published; then <paramref name="callback"/> goes on with it.</summary>
    public static void WaitForEvent(this ActivityExecutionContext context, string eventName, ExecuteActivityDelegate? callback = null) =>
        context.CreateBookmark(new CreateBookmarkArgs
        {
            BookmarkName = "Elsa.Event",
            Stimulus = new EventStimulus(eventName),
            Callback = callback,
            IncludeActivityInstanceId = false,
        });
}
