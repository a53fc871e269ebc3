using AgentOS.Engine.Runtime.Definitions;

namespace AgentOS.Engine.Runtime.Timers;

/// <summary>Triggers that time fires, known by their payload.</summary>
internal static class TimedTriggers
{
    public static TriggerTimer? TimerOf(object payload, DateTime now) => payload switch
    {
        _ => null
    };
}
