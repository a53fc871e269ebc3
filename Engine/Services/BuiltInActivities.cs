using Elsa.Expressions.JavaScript.Activities;
using Elsa.Workflows.Activities;
using Elsa.Scheduling.Activities;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Activities.StateMachine.Activities;
using Elsa.Workflows.Management.Activities.SetOutput;
using Elsa.Workflows.Runtime.Activities;

namespace AgentOS.Engine.Services;

/// <summary>The activity types that come with the engine.</summary>
internal static class BuiltInActivities
{
    public static IReadOnlyList<Type> Types { get; } =
    [
        typeof(Workflow), typeof(NotFoundActivity),
        typeof(Flowchart), typeof(FlowDecision), typeof(FlowSwitch), typeof(FlowFork), typeof(FlowJoin),
        typeof(Sequence), typeof(Elsa.Workflows.Activities.Parallel), typeof(If), typeof(Switch), typeof(Fork),
        typeof(While), typeof(For), typeof(ForEach), typeof(ParallelForEach), typeof(Break),
        typeof(Start), typeof(End), typeof(Finish), typeof(Complete),
        typeof(WriteLine), typeof(SetVariable), typeof(Correlate), typeof(SetName), typeof(Fault),
        typeof(Event), typeof(PublishEvent), typeof(RunTask), typeof(DispatchWorkflow), typeof(ExecuteWorkflow), typeof(BulkDispatchWorkflows), typeof(SetOutput),
        typeof(Delay), typeof(StartAt), typeof(Elsa.Scheduling.Activities.Timer), typeof(Cron),
        typeof(Elsa.Http.HttpEndpoint), typeof(Elsa.Http.WriteHttpResponse), typeof(Elsa.Http.WriteFileHttpResponse),
        typeof(Elsa.Http.SendHttpRequest), typeof(Elsa.Http.FlowSendHttpRequest), typeof(Elsa.Http.DownloadHttpFile),
        typeof(StateMachine),
        typeof(RunJavaScript)
    ];
}
