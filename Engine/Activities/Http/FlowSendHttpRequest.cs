using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Http;

/// <summary>Sends a request; the outcome is the status of the answer, if it is one of those that are expected.</summary>
[Activity("Elsa", "HTTP", "Sends an HTTP request; the status of the answer names the way on.", DisplayName = "HTTP Request (flow)", Kind = ActivityKind.Task)]
public class FlowSendHttpRequest : SendHttpRequestBase, IActivityPropertyDefaultValueProvider
{
    public FlowSendHttpRequest([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }

    [Input(DisplayName = "Expected status codes", Description = "Statuses that have a way on of their own.", UIHint = "multitext", DefaultValueProvider = typeof(FlowSendHttpRequest), Order = 5.1f)]
    public Input<ICollection<int>> ExpectedStatusCodes { get; set; } = null!;

    object? IActivityPropertyDefaultValueProvider.GetDefaultValue(PropertyInfo property) => property.Name == nameof(ExpectedStatusCodes) ? new List<int> { 200 } : null;

    protected override ValueTask HandleResponseAsync(ActivityExecutionContext context, HttpResponseMessage response) =>
        context.CompleteActivityWithOutcomesAsync(StatusOutcomes.Of(ExpectedStatusCodes.GetOrDefault(context), response));

    protected override ValueTask HandleRequestExceptionAsync(ActivityExecutionContext context, HttpRequestException exception) =>
        context.CompleteActivityWithOutcomesAsync(StatusOutcomes.FailedToConnect);

    protected override ValueTask HandleTaskCanceledExceptionAsync(ActivityExecutionContext context, TaskCanceledException exception) =>
        context.CompleteActivityWithOutcomesAsync(StatusOutcomes.Timeout);
}

/// <summary>The outcomes by their names in the designer.</summary>
internal static class StatusOutcomes
{
    public const string FailedToConnect = "Failed to connect";
    public const string Timeout = "Timeout";

    public static string[] Of(ICollection<int>? expected, HttpResponseMessage response)
    {
        if (expected is null or { Count: 0 }) return ["Done"];
        var status = (int)response.StatusCode;
        return [expected.Contains(status) ? status.ToString(CultureInfo.InvariantCulture) : "Unmatched status code", "Done"];
    }
}
