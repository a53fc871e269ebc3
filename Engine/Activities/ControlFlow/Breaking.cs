using Elsa.Workflows.Signals;

namespace Elsa.Workflows
{
    public static class BreakBehaviorActivityExecutionContextExtensions
    {
        private const string Key = "IsBreaking";

        public static bool GetIsBreaking(this ActivityExecutionContext context) => context.HasProperties && context.GetProperty<bool>(Key);
        public static void SetIsBreaking(this ActivityExecutionContext context) => context.SetProperty(Key, true);
    }
}

namespace Elsa.Workflows.Behaviors
{
    /// <summary>Makes its owner a loop that a break leaves.</summary>
    public class BreakBehavior : Behavior
    {
        public BreakBehavior(IActivity owner) : base(owner) => OnSignalReceived<BreakSignal>((_, context) =>
        {
            context.StopPropagation();
            context.ReceiverActivityExecutionContext.SetIsBreaking();
        });
    }
}
