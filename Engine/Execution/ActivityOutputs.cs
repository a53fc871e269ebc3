namespace Elsa.Workflows.Models;

public record ActivityOutputRecord(string ContainerId, string ActivityId, string ActivityInstanceId, string OutputName, object? Value);

/// <summary>The last outputs of each activity, for expressions that read them.</summary>
public class ActivityOutputRegister
{
    public const string DefaultOutputName = "Result";

    private readonly Dictionary<(string ActivityId, string OutputName), ActivityOutputRecord> _last = [];

    public void Record(ActivityExecutionContext activityExecutionContext, object? outputValue) => Record(activityExecutionContext, DefaultOutputName, outputValue);

    public void Record(ActivityExecutionContext activityExecutionContext, string? outputName, object? outputValue)
    {
        var name = outputName ?? DefaultOutputName;
        var activityId = activityExecutionContext.Activity.Id;
        var container = activityExecutionContext.ParentActivityExecutionContext?.Id ?? activityExecutionContext.WorkflowExecutionContext.Id;
        _last[(activityId, name)] = new(container, activityId, activityExecutionContext.Id, name, outputValue);
        if (name == DefaultOutputName) activityExecutionContext.WorkflowExecutionContext.LastResult = outputValue;
    }

    public IEnumerable<ActivityOutputRecord> FindMany(string activityId, string? outputName = null) =>
        _last.Values.Where(x => x.ActivityId == activityId && (outputName is null || x.OutputName == outputName));

    public object? FindOutputByActivityId(string activityId, string? outputName = null) => _last.GetValueOrDefault((activityId, outputName ?? DefaultOutputName))?.Value;

    public object? FindOutputByActivityInstanceId(string activityInstanceId, string? outputName = null) =>
        _last.Values.FirstOrDefault(x => x.ActivityInstanceId == activityInstanceId && x.OutputName == (outputName ?? DefaultOutputName))?.Value;

    internal IEnumerable<ActivityOutputRecord> All => _last.Values;
}
