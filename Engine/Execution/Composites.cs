using Elsa.Expressions.Models;

namespace Elsa.Workflows;

/// <summary>Workflows used as activities: their inputs are what the activity was given.</summary>
internal static class Composites
{
    public static bool FindInput(ExpressionExecutionContext context, string name, out object? value)
    {
        value = null;
        return false;
    }

    public static IEnumerable<string>? InputNames(ExpressionExecutionContext context) => null;

    public static bool SetOutput(ActivityExecutionContext context, string name, object? value) => false;
}
