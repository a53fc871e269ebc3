namespace Elsa.Workflows
{
    public enum ActivityStatus { Pending, Running, Completed, Canceled, Faulted }

    public enum WorkflowStatus { Running, Finished }

    public enum WorkflowSubStatus { Pending, Executing, Suspended, Finished, Cancelled, Faulted, Interrupted }

    public enum ActivityKind { Action, Trigger, Job, Task }

    public enum SwitchMode { MatchFirst, MatchAny }

    public enum ForkJoinMode { WaitAll, WaitAny }
}

namespace Elsa.Workflows.Models
{
    public enum PortType { Embedded, Flow }
}
