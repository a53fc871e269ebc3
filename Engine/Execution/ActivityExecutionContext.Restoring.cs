using Elsa.Workflows.State;

namespace Elsa.Workflows;

public partial class ActivityExecutionContext
{
    // As it was stored: nothing of this is a change.
    internal void RestoreFrom(ActivityExecutionContextState state)
    {
        _status = state.Status;
        foreach (var pair in state.Properties)
            if (pair.Key != WorkflowInstanceStorageDriver.VariablesDictionaryStateKey) (_properties ??= new(Taint)).SetSilently(pair.Key, pair.Value);
        if (state.Metadata is not null)
            foreach (var pair in state.Metadata) (_metadata ??= new(Taint)).SetSilently(pair.Key, pair.Value);
        if (state.ActivityState is not null)
            foreach (var pair in state.ActivityState) (_activityState ??= new(Taint)).SetSilently(pair.Key, pair.Value);
    }
}
