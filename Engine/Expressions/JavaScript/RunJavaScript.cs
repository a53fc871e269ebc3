using System.Runtime.CompilerServices;
using Elsa.Expressions.JavaScript.Contracts;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace Elsa.Expressions.JavaScript.Activities;

/// <summary>Runs a script. It can choose the outcomes with <c>setOutcome</c> and <c>setOutcomes</c>.</summary>
[Activity("Elsa", "Scripting", "Runs a JavaScript.", DisplayName = "Run JavaScript")]
public class RunJavaScript : CodeActivity<object?>
{
    public RunJavaScript([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : base(source, line) { }
    public RunJavaScript(string script, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null) : this(source, line) => Script = new(script);

    [Input(Description = "The script.", DefaultSyntax = "JavaScript", UIHint = "code-editor")]
    public Input<string> Script { get; set; } = new("");

    [Input(Description = "The outcomes that the script may choose from.", UIHint = "dynamic-outcomes")]
    public Input<ICollection<string>> PossibleOutcomes { get; set; } = null!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.Get(Script) is not { } script || string.IsNullOrWhiteSpace(script))
        {
            await context.CompleteActivityWithOutcomesAsync("Done");
            return;
        }

        List<string> outcomes = [];
        var evaluator = context.GetRequiredService<IJavaScriptEvaluator>();
        var result = await evaluator.EvaluateAsync(script, typeof(object), context.ExpressionExecutionContext, null, engine =>
        {
            engine.SetValue("setOutcome", (Action<string>)(outcome => outcomes = [outcome]));
            engine.SetValue("setOutcomes", (Action<string[]>)(chosen => outcomes = [.. chosen]));
        }, context.CancellationToken);

        // A script that gives nothing leaves what its result is stored in as it was.
        if (result is not null) context.SetResult(result);
        await context.CompleteActivityWithOutcomesAsync(outcomes.Count == 0 ? ["Done"] : [.. outcomes]);
    }
}
