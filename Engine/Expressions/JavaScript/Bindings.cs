using System.Text.Json;
using System.Text.Json.Nodes;
using AgentOS.Engine.State;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows;
using Jint;
using Jint.Native;

namespace AgentOS.Engine.Expressions.JavaScript;

/// <summary>What scripts can call: variables, inputs, outputs, the instance, and a few helpers.</summary>
internal static class Bindings
{
    public static void Bind(Jint.Engine engine, Script script, ExpressionExecutionContext context)
    {
        if (script.UsesAnything)
        {
            foreach (var name in Functions.Keys.Concat(Generated(context))) Bind(engine, name, context);
            return;
        }

        foreach (var name in script.Names) Bind(engine, name, context);
    }

    private static void Bind(Jint.Engine engine, string name, ExpressionExecutionContext context)
    {
        if (Functions.TryGetValue(name, out var create)) engine.SetValue(name, create(engine, context));
        else if (Generate(engine, name, context) is { } generated) engine.SetValue(name, generated);
    }

    private static readonly Dictionary<string, Func<Jint.Engine, ExpressionExecutionContext, JsValue>> Functions = new()
    {
        ["variables"] = Variables,
        ["getVariable"] = (e, x) => Function(e, a => Value(e, x.GetVariableInScope(a.Text(0)))),
        ["setVariable"] = (e, x) => Function(e, a => Set(x, a.Text(0), a.Object(1))),
        ["getInput"] = (e, x) => Function(e, a => Value(e, x.GetInput(a.Text(0)))),
        ["getOutputFrom"] = (e, x) => Function(e, a => Value(e, x.GetOutput(a.Text(0), a.Length > 1 ? a.Text(1) : null))),
        ["getLastResult"] = (e, x) => Function(e, _ => Value(e, x.GetLastResult())),
        ["getWorkflowDefinitionId"] = (e, x) => Function(e, _ => x.GetWorkflowExecutionContext().Workflow.Identity.DefinitionId),
        ["getWorkflowDefinitionVersionId"] = (e, x) => Function(e, _ => x.GetWorkflowExecutionContext().Workflow.Identity.Id),
        ["getWorkflowDefinitionVersion"] = (e, x) => Function(e, _ => x.GetWorkflowExecutionContext().Workflow.Identity.Version),
        ["getWorkflowInstanceId"] = (e, x) => Function(e, _ => x.GetWorkflowExecutionContext().Id),
        ["getWorkflowInstanceName"] = (e, x) => Function(e, _ => Value(e, x.GetWorkflowExecutionContext().Name)),
        ["setWorkflowInstanceName"] = (e, x) => Function(e, a => Do(() => x.GetWorkflowExecutionContext().Name = a.Text(0))),
        ["getCorrelationId"] = (e, x) => Function(e, _ => Value(e, x.GetWorkflowExecutionContext().CorrelationId)),
        ["setCorrelationId"] = (e, x) => Function(e, a => Do(() => x.GetWorkflowExecutionContext().CorrelationId = a.Text(0))),
        ["isNullOrWhiteSpace"] = (e, _) => Function(e, a => string.IsNullOrWhiteSpace(a.Object(0) as string)),
        ["isNullOrEmpty"] = (e, _) => Function(e, a => string.IsNullOrEmpty(a.Object(0) as string)),
        ["toJson"] = (e, _) => Function(e, a => EngineJson.ToElement(a.Object(0)).GetRawText()),
        ["getGuid"] = (e, _) => Function(e, _ => JsValue.FromObject(e, Guid.NewGuid())),
        ["newGuid"] = (e, _) => Function(e, _ => JsValue.FromObject(e, Guid.NewGuid())),
        ["getGuidString"] = (e, _) => Function(e, _ => Guid.NewGuid().ToString()),
        ["newGuidString"] = (e, _) => Function(e, _ => Guid.NewGuid().ToString()),
        ["getShortGuid"] = (e, _) => Function(e, _ => ShortGuid()),
        ["newShortGuid"] = (e, _) => Function(e, _ => ShortGuid()),
        ["parseGuid"] = (e, _) => Function(e, a => JsValue.FromObject(e, Guid.Parse(a.Text(0)))),
        ["bytesToString"] = (e, _) => Function(e, a => System.Text.Encoding.UTF8.GetString(a.Bytes(0))),
        ["bytesFromString"] = (e, _) => Function(e, a => JsValue.FromObject(e, System.Text.Encoding.UTF8.GetBytes(a.Text(0)))),
        ["bytesToBase64"] = (e, _) => Function(e, a => Convert.ToBase64String(a.Bytes(0))),
        ["bytesFromBase64"] = (e, _) => Function(e, a => JsValue.FromObject(e, Convert.FromBase64String(a.Text(0)))),
        ["stringToBase64"] = (e, _) => Function(e, a => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(a.Text(0)))),
        ["stringFromBase64"] = (e, _) => Function(e, a => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(a.Text(0))))
    };

    // getCounter() and setCounter(x), for the variable or input Counter; getResultFromStep1() for an output.
    private static Jint.Runtime.Interop.ClrFunction? Generate(Jint.Engine engine, string name, ExpressionExecutionContext context)
    {
        if (name.Length < 4) return null;
        if (name.StartsWith("set", StringComparison.Ordinal) && VariableNamed(context, name[3..]) is { } target) return Function(engine, a => Set(context, target, a.Object(0)));
        if (!name.StartsWith("get", StringComparison.Ordinal)) return null;
        if (VariableNamed(context, name[3..]) is { } variable) return Function(engine, _ => Value(engine, context.GetVariableInScope(variable)));
        if (!context.TryGetWorkflowExecutionContext(out var workflow)) return null;
        if (InputNamed(context, workflow, name[3..]) is { } input) return Function(engine, _ => Value(engine, context.GetInput(input)));
        return OutputNamed(workflow, name[3..]) is var (activity, output) ? Function(engine, _ => Value(engine, workflow.GetActivityOutputRegister().FindOutputByActivityId(activity, output))) : null;
    }

    private static IEnumerable<string> Generated(ExpressionExecutionContext context) =>
        context.GetVariableNamesInScope().SelectMany(name => new[] { $"get{Pascal(name)}", $"set{Pascal(name)}" });

    private static string? VariableNamed(ExpressionExecutionContext context, string pascal)
    {
        foreach (var variable in context.EnumerateVariablesInScope())
            if (variable.Name is { Length: > 0 } name && Pascal(name) == pascal) return name;
        return null;
    }

    private static string? InputNamed(ExpressionExecutionContext context, WorkflowExecutionContext workflow, string pascal)
    {
        foreach (var input in Composites.InputNames(context) ?? workflow.Workflow.Inputs.Select(x => x.Name))
            if (Pascal(input) == pascal) return input;
        return null;
    }

    private static (string Activity, string Output)? OutputNamed(WorkflowExecutionContext workflow, string pascal)
    {
        var from = pascal.IndexOf("From", StringComparison.Ordinal);
        if (from <= 0) return null;
        var (output, activity) = (pascal[..from], pascal[(from + 4)..]);
        foreach (var node in workflow.Nodes)
            if (Pascal(node.Activity.Name ?? "") == activity || Pascal(node.Activity.Id) == activity)
                if (node.Descriptor.Outputs.FirstOrDefault(x => x.Name == output) is { } descriptor) return (node.Activity.Id, descriptor.Name);
        return null;
    }

    private static string Pascal(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];

    private static JsObject Variables(Jint.Engine engine, ExpressionExecutionContext context)
    {
        var result = new JsObject(engine);
        foreach (var name in context.GetVariableNamesInScope())
            result.FastSetProperty(name, new Jint.Runtime.Descriptors.GetSetPropertyDescriptor(
                Function(engine, _ => Value(engine, context.GetVariableInScope(name))), Function(engine, a => Set(context, name, a.Object(0))), true, true));
        return result;
    }

    private static JsValue Set(ExpressionExecutionContext context, string name, object? value) => Do(() => context.SetVariable(name, value));

    private static JsValue Do(Action action)
    {
        action();
        return JsValue.Undefined;
    }

    private static Jint.Runtime.Interop.ClrFunction Function(Jint.Engine engine, Func<JsValue[], JsValue> body) => new(engine, "", (_, arguments) => body(arguments));

    // JSON of every kind reaches a script as plain objects.
    private static JsValue Value(Jint.Engine engine, object? value) => value switch
    {
        null => JsValue.Null,
        string text => text,
        bool flag => flag,
        int number => number,
        double number => number,
        long number => (double)number,
        JsonElement element => JsValue.FromObject(engine, EngineJson.ToPlain(element)),
        JsonNode node => JsValue.FromObject(engine, EngineJson.ToPlain(JsonSerializer.SerializeToElement(node))),
        _ => JsValue.FromObject(engine, value)
    };

    private static string ShortGuid() => Convert.ToBase64String(Guid.NewGuid().ToByteArray()).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    private static string Text(this JsValue[] arguments, int index) => index < arguments.Length && !arguments[index].IsUndefined() ? arguments[index].ToString() : "";
    private static object? Object(this JsValue[] arguments, int index) => index < arguments.Length ? arguments[index].ToObject() : null;
    private static byte[] Bytes(this JsValue[] arguments, int index) => Elsa.Expressions.Helpers.ObjectConverter.ConvertTo<byte[]>(arguments.Object(index)) ?? [];
}
