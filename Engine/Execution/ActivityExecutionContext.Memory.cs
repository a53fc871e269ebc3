using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Models;

namespace Elsa.Workflows;

public partial class ActivityExecutionContext
{
    public T? Get<T>(Input<T>? input) => input is null ? default : Get<T>(input.MemoryBlockReference());
    public T? Get<T>(Output<T>? output) => output is null ? default : Get<T>(output.MemoryBlockReference());
    public object? Get(Output? output) => output is null ? null : Get(output.MemoryBlockReference());
    public object? Get(MemoryBlockReference blockReference) => ExpressionExecutionContext.Get(blockReference);
    public T? Get<T>(MemoryBlockReference blockReference) => ExpressionExecutionContext.Get<T>(blockReference);
    public bool TryGet(MemoryBlockReference blockReference, out object? value) => ExpressionExecutionContext.TryGet(blockReference, out value);
    public void Set(MemoryBlockReference blockReference, object? value, Action<MemoryBlock>? configure = null) => ExpressionExecutionContext.Set(blockReference, value, configure);

    public void Set<T>(Output<T>? output, T? value, string? outputName = null) => Set((Output?)output, value, outputName);

    /// <summary>Sets an output: it is recorded, and stored where the workflow wants it.</summary>
    public void Set(Output? output, object? value, string? outputName = null)
    {
        var name = outputName ?? ActivityNode.Plan?.NameOf(Activity, output);
        if (name is not null)
        {
            WorkflowExecutionContext.GetActivityOutputRegister().Record(this, name, value);
            if (ActivityNode.Recording?.LeavesOutOutput(name) != true && ActivityNode.Plan?.IsKept(name) != false)
            {
                (RecordedOutputs ??= [])[name] = value;
                Taint();
            }
        }

        if (output is not null) ExpressionExecutionContext.SetBoundValue(output, value);
    }

    /// <summary>The value of an output for the record: what this execution set, else what the variable that it is bound to holds.</summary>
    internal object? Recorded(OutputDescriptor descriptor)
    {
        if (RecordedOutputs is not null && RecordedOutputs.TryGetValue(descriptor.Name, out var value)) return value;
        return ActivityNode.Recording?.LeavesOutOutput(descriptor.Name) != true && descriptor.IsSerializable != false && descriptor.ValueGetter(Activity) is Output { MemoryBlockReference: { } reference } && reference() is { Id: not null } cell && TryGet(cell, out value)
            ? value
            : null;
    }
}
