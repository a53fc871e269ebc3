using System.Runtime.CompilerServices;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Notifications;
using Elsa.Workflows.Runtime.Stimuli;

namespace Elsa.Workflows.Runtime.Stimuli
{
    public record RunTaskStimulus(string TaskId, [property: ExcludeFromHash] string TaskName);
}

namespace Elsa.Workflows.Runtime.Activities
{
    /// <summary>Asks the outside for a task, and waits until it is reported done.</summary>
    [Activity("Elsa", "Primitives", "Asks the outside for a task and waits until it is done.")]
    public class RunTask : Activity<object?>
    {
        public static readonly string InputKey = "RunTaskInput";

        internal RunTask([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
        public RunTask(string taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<string>(taskName), source, line) { }
        public RunTask(Func<string> taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<string>(taskName), source, line) { }
        public RunTask(Func<ExpressionExecutionContext, string?> taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<string>(taskName!), source, line) { }
        public RunTask(Variable<string> taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<string>(taskName), source, line) { }
        public RunTask(Literal<string> taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<string>(taskName), source, line) { }
        public RunTask(Input<string> taskName, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) => TaskName = taskName;

        [Input(Description = "The name of the task.")]
        public Input<string> TaskName { get; set; } = null!;

        [Input(Description = "What the task needs to know.")]
        public Input<IDictionary<string, object>?> Payload { get; set; } = null!;

        [Output(Description = "The id under which the task is reported done.")]
        public Output<string>? TaskId { get; set; }

        protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
        {
            var name = context.Get(TaskName) ?? "";
            var id = context.WorkflowExecutionContext.IdentityGenerator.GenerateId();
            context.Set(TaskId, id, nameof(TaskId));
            context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new RunTaskStimulus(id, name), Callback = ResumeAsync });
            if (context.GetService<ITaskDispatcher>() is { } dispatcher)
                await dispatcher.DispatchAsync(new RunTaskRequest(context, id, name, Payload.GetOrDefault(context)), context.CancellationToken);
        }

        private async ValueTask ResumeAsync(ActivityExecutionContext context)
        {
            context.SetResult(context.WorkflowInput.TryGetValue(InputKey, out var result) ? result : null);
            await context.CompleteActivityAsync();
        }
    }
}
