using System.Runtime.CompilerServices;
using Elsa.Common;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Scheduling.Bookmarks;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Scheduling.Activities;

/// <summary>Waits for a while.</summary>
[Activity("Elsa", "Scheduling", "Waits for a while.")]
public class Delay : Activity
{
    public Delay([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public Delay(Func<ExpressionExecutionContext, TimeSpan> timeSpan, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<TimeSpan>(timeSpan), source, line) { }
    public Delay(Func<ExpressionExecutionContext, ValueTask<TimeSpan>> timeSpan, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<TimeSpan>(timeSpan), source, line) { }
    public Delay(Input<TimeSpan> timeSpan, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => TimeSpan = timeSpan;
    public Delay(TimeSpan timeSpan, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<TimeSpan>(timeSpan), source, line) { }
    public Delay(Variable<TimeSpan> timeSpan, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<TimeSpan>(timeSpan), source, line) { }

    [Input(DisplayName = "Time span", Description = "How long to wait.", DefaultValue = "00:01:00")]
    public Input<TimeSpan> TimeSpan { get; set; } = null!;

    public static Delay FromMilliseconds(double value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) => new(System.TimeSpan.FromMilliseconds(value), source, line);
    public static Delay FromSeconds(double value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) => new(System.TimeSpan.FromSeconds(value), source, line);
    public static Delay FromMinutes(double value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) => new(System.TimeSpan.FromMinutes(value), source, line);
    public static Delay FromHours(double value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) => new(System.TimeSpan.FromHours(value), source, line);
    public static Delay FromDays(double value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) => new(System.TimeSpan.FromDays(value), source, line);

    protected override void Execute(ActivityExecutionContext context)
    {
        var resumeAt = context.GetRequiredService<ISystemClock>().UtcNow + context.Get(TimeSpan);
        context.JournalData["ResumeAt"] = resumeAt;
        context.CreateBookmark(new DelayPayload(resumeAt));
    }
}

/// <summary>Waits for a moment, or starts the workflow then.</summary>
[Activity("Elsa", "Scheduling", "Waits for a moment in time.")]
public class StartAt : Trigger
{
    public StartAt([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public StartAt(Input<DateTimeOffset> dateTime, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => DateTime = dateTime;
    public StartAt(Func<ExpressionExecutionContext, DateTimeOffset> dateTime, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<DateTimeOffset>(dateTime), source, line) { }
    public StartAt(DateTimeOffset dateTime, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<DateTimeOffset>(dateTime), source, line) { }
    public StartAt(Variable<DateTimeOffset> dateTime, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<DateTimeOffset>(dateTime), source, line) { }

    [Input(DisplayName = "Time", Description = "The moment to wait for.")]
    public Input<DateTimeOffset> DateTime { get; set; } = null!;

    public static StartAt From(DateTimeOffset value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) => new(value, source, line);

    protected override object GetTriggerPayload(TriggerIndexingContext context) => new StartAtPayload(context.Get(DateTime));

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var executeAt = context.Get(DateTime);
        var now = context.GetRequiredService<ISystemClock>().UtcNow;
        if (context.IsTriggerOfWorkflow() || executeAt <= now)
        {
            context.JournalData["ExecutedAt"] = now;
            await context.CompleteActivityAsync();
            return;
        }

        context.JournalData["ExecuteAt"] = executeAt;
        context.CreateBookmark(new StartAtPayload(executeAt));
    }
}

/// <summary>Base of triggers that fire again and again.</summary>
public abstract class TimerBase : EventGenerator
{
    protected TimerBase([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    protected abstract TimeSpan GetInterval(ExpressionExecutionContext context);

    protected override object GetTriggerPayload(TriggerIndexingContext context)
    {
        var interval = GetInterval(context.ExpressionExecutionContext);
        var clock = context.ExpressionExecutionContext.GetRequiredService<ISystemClock>();
        return new TimerTriggerPayload(clock.UtcNow + interval, interval);
    }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
        {
            await ElapsedAsync(context);
            return;
        }

        Execute(context);
    }

    protected override void Execute(ActivityExecutionContext context)
    {
        var resumeAt = context.GetRequiredService<ISystemClock>().UtcNow + GetInterval(context.ExpressionExecutionContext);
        context.JournalData["ResumeAt"] = resumeAt;
        context.CreateBookmark(new TimerBookmarkPayload(resumeAt), ElapsedAsync, false);
    }

    protected virtual ValueTask OnTimerElapsedAsync(ActivityExecutionContext context)
    {
        OnTimerElapsed(context);
        return ValueTask.CompletedTask;
    }

    protected virtual void OnTimerElapsed(ActivityExecutionContext context) { }

    private async ValueTask ElapsedAsync(ActivityExecutionContext context)
    {
        await OnTimerElapsedAsync(context);
        await context.CompleteActivityAsync();
    }
}

/// <summary>Fires at an interval.</summary>
[Activity("Elsa", "Scheduling", "Fires at an interval.")]
public class Timer : TimerBase
{
    public Timer([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public Timer(TimeSpan interval, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(new Input<TimeSpan>(interval), source, line) { }
    public Timer(Input<TimeSpan> interval, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Interval = interval;

    [Input(Description = "The time between two firings.", DefaultValue = "00:01:00")]
    public Input<TimeSpan> Interval { get; set; } = new(TimeSpan.FromMinutes(1));

    public static Timer FromTimeSpan(TimeSpan value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) => new(value, source, line);
    public static Timer FromSeconds(double value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) => new(TimeSpan.FromSeconds(value), source, line);

    protected override TimeSpan GetInterval(ExpressionExecutionContext context) => Interval.Get(context);
}

/// <summary>Fires by a cron expression.</summary>
[Activity("Elsa", "Scheduling", "Fires by a cron expression.")]
public class Cron : EventGenerator
{
    public Cron([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public Cron(Input<string> cronExpression, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => CronExpression = cronExpression;

    [Input(DisplayName = "Cron expression", Description = "Five fields, or six with seconds in front; in UTC.")]
    public Input<string> CronExpression { get; set; } = null!;

    public static Cron FromCronExpression(string value, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) => new(new Input<string>(value), source, line);

    protected override object GetTriggerPayload(TriggerIndexingContext context) => new CronTriggerPayload(context.Get(CronExpression) ?? "");

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
        {
            await context.CompleteActivityAsync();
            return;
        }

        var expression = context.Get(CronExpression) ?? "";
        var executeAt = context.GetRequiredService<ICronParser>().GetNextOccurrence(expression);
        context.JournalData["ExecuteAt"] = executeAt;
        context.CreateBookmark(new CronBookmarkPayload(executeAt, expression));
    }
}
