using System.Runtime.CompilerServices;
using AgentOS.Engine.Definitions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Http;

/// <summary>What runs when an answer has a status.</summary>
public class HttpStatusCodeCase
{
    public HttpStatusCodeCase() { }

    public HttpStatusCodeCase(int statusCode, IActivity activity)
    {
        StatusCode = statusCode;
        Activity = activity;
    }

    public int StatusCode { get; set; }
    public IActivity? Activity { get; set; }
}

/// <summary>Sends a request and runs the activity that is meant for its answer.</summary>
[Activity("Elsa", "HTTP", "Sends an HTTP request and runs the activity that is meant for the answer.", DisplayName = "HTTP Request", Kind = ActivityKind.Task)]
public class SendHttpRequest : SendHttpRequestBase, IActivityPorts
{
    public SendHttpRequest([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    [Input(DisplayName = "Expected status codes", Description = "Statuses, each with the activity that runs when the answer has it.", UIHint = "http-status-codes")]
    public ICollection<HttpStatusCodeCase> ExpectedStatusCodes { get; set; } = [];

    [Port]
    public IActivity? UnmatchedStatusCode { get; set; }

    [Port]
    public IActivity? FailedToConnect { get; set; }

    [Port]
    public IActivity? Timeout { get; set; }

    IEnumerable<(string Port, IActivity Activity)> IActivityPorts.GetPorts()
    {
        foreach (var expected in ExpectedStatusCodes)
            if (expected.Activity is { } activity) yield return (expected.StatusCode.ToString(System.Globalization.CultureInfo.InvariantCulture), activity);
        if (UnmatchedStatusCode is { } unmatched) yield return (nameof(UnmatchedStatusCode), unmatched);
        if (FailedToConnect is { } failed) yield return (nameof(FailedToConnect), failed);
        if (Timeout is { } late) yield return (nameof(Timeout), late);
    }

    protected override ValueTask HandleResponseAsync(ActivityExecutionContext context, HttpResponseMessage response)
    {
        var expected = ExpectedStatusCodes.FirstOrDefault(each => each.StatusCode == (int)response.StatusCode);
        return RunAsync(context, expected is null ? UnmatchedStatusCode : expected.Activity);
    }

    protected override ValueTask HandleRequestExceptionAsync(ActivityExecutionContext context, HttpRequestException exception) => RunAsync(context, FailedToConnect);

    protected override ValueTask HandleTaskCanceledExceptionAsync(ActivityExecutionContext context, TaskCanceledException exception) => RunAsync(context, Timeout);

    private ValueTask RunAsync(ActivityExecutionContext context, IActivity? activity) =>
        activity is null ? context.CompleteActivityAsync() : context.ScheduleActivityAsync(activity, OnCompletedAsync);

    private ValueTask OnCompletedAsync(ActivityCompletedContext context) => context.TargetContext.CompleteActivityAsync();
}
