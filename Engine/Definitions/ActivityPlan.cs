using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>An activity type laid out for the interpreter: what to evaluate before it runs, and what its outputs are called.</summary>
public sealed class ActivityPlan
{
    internal ActivityPlan(ActivityDescriptor descriptor)
    {
        Inputs = [.. descriptor.Inputs.Where(x => x.IsWrapped && x.AutoEvaluate)];
        Plain = [.. descriptor.Inputs.Where(x => !x.IsWrapped && x.AutoEvaluate)];
        Outputs = [.. descriptor.Outputs];
    }

    internal InputDescriptor[] Inputs { get; }
    internal InputDescriptor[] Plain { get; }
    internal OutputDescriptor[] Outputs { get; }

    /// <summary>Whether values of an output can be kept: a stream or a request cannot.</summary>
    internal bool IsKept(string output)
    {
        foreach (var descriptor in Outputs)
            if (descriptor.Name == output) return descriptor.IsSerializable != false;
        return true;
    }

    /// <summary>The name of an output, by its object; without one, the result's.</summary>
    internal string? NameOf(IActivity activity, Output? output)
    {
        if (output is not null)
            foreach (var descriptor in Outputs)
                if (ReferenceEquals(descriptor.ValueGetter(activity), output)) return descriptor.Name;
        return null;
    }
}
