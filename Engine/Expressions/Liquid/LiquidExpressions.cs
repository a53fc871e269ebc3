using System.Collections.Concurrent;
using System.Globalization;
using AgentOS.Engine.State;
using DotLiquid;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Helpers;
using Elsa.Expressions.Models;
using Elsa.Extensions;

namespace AgentOS.Engine.Expressions.Liquid;

/// <summary>Liquid templates, parsed once. They see variables, inputs and the instance, and have no files to include.</summary>
internal sealed class LiquidExpressions : IExpressionDescriptorProvider
{
    public IEnumerable<ExpressionDescriptor> GetDescriptors() => [BuiltInExpressions.Describe("Liquid", new LiquidHandler(), language: "liquid")];

    private sealed class LiquidHandler : IExpressionHandler
    {
        private const int CacheSize = 10_000;
        private const int MaxIterations = 100_000;
        private const int TimeoutMilliseconds = 10_000;

        private readonly ConcurrentDictionary<string, Template> _templates = new();

        static LiquidHandler()
        {
            // %Y-%m-%d, as Elsa's templates have it.
            DotLiquid.Liquid.UseRubyDateFormat = true;
            // Of two filters of one name the later counts. DotLiquid would add its own only when it first renders, after ours.
            Template.RegisterFilter(typeof(StandardFilters));
            Template.RegisterFilter(typeof(LiquidFilters));
            Template.RegisterTag<BoundedCapture>("capture");
            Template.RegisterTag<BoundedAssign>("assign");
        }

        public ValueTask<object?> EvaluateAsync(Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
        {
            if (expression.Value?.ToString() is not { Length: > 0 } source) return new(ObjectConverter.ConvertTo(null, returnType));
            return new(Render(source, context, options).ConvertTo(returnType));
        }

        // A template that cannot be parsed says so in its place, as an author expects of a template.
        private string Render(string source, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
        {
            Template template;
            try
            {
                template = Parse(source);
            }
            catch (DotLiquid.Exceptions.SyntaxException e)
            {
                return LiquidMistakes.Describe(source, e);
            }

            using var text = new BoundedText();
            template.Render(text, new RenderParameters(CultureInfo.InvariantCulture)
            {
                LocalVariables = Hash.FromDictionary(new Scope(context, options).ToDictionary()),
                ErrorsOutputMode = ErrorsOutputMode.Display,
                MaxIterations = MaxIterations,
                Timeout = TimeoutMilliseconds
            });
            return text.ToString();
        }

        private Template Parse(string source)
        {
            if (_templates.TryGetValue(source, out var known)) return known;
            if (_templates.Count >= CacheSize) _templates.Clear();
            var template = Template.Parse(source);
            template.MakeThreadSafe();
            return _templates.GetOrAdd(source, template);
        }
    }

    /// <summary>The names that a template starts from; what is behind them is only read when it is asked for.</summary>
    private sealed class Scope(ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
    {
        public Dictionary<string, object?> ToDictionary()
        {
            var result = new Dictionary<string, object?>
            {
                ["Variables"] = new Bag(name => context.GetVariableInScope(name)),
                ["Input"] = new Bag(name => context.GetInput(name))
            };
            if (context.TryGetWorkflowExecutionContext(out var workflow))
            {
                result["CorrelationId"] = workflow.CorrelationId;
                result["WorkflowInstanceId"] = workflow.Id;
                result["WorkflowDefinitionId"] = workflow.Workflow.Identity.DefinitionId;
                result["WorkflowDefinitionVersionId"] = workflow.Workflow.Identity.Id;
                result["WorkflowDefinitionVersion"] = workflow.Workflow.Identity.Version;
                result["LastResult"] = Plain(workflow.GetLastActivityResult());
            }

            foreach (var (name, value) in options.Arguments) result[name] = Plain(value);
            return result;
        }
    }

    /// <summary>Names that are looked up one by one.</summary>
    private sealed class Bag(Func<string, object?> find) : IIndexable, ILiquidizable
    {
        public object ToLiquid() => this;
        public object? this[object key] => Plain(find(key.ToString()!));
        public bool ContainsKey(object key) => true;
    }

    /// <summary>Objects of every kind as the dictionaries and lists that templates can walk.</summary>
    internal static object? Plain(object? value) => value switch
    {
        null or string or bool or int or long or double or decimal or DateTime or DateTimeOffset => value,
        IEnumerable<KeyValuePair<string, object?>> map => map.ToDictionary(x => x.Key, x => Plain(x.Value)),
        System.Text.Json.JsonElement element => Plain(EngineJson.ToPlain(element)),
        IEnumerable<object?> list => list.Select(Plain).ToList(),
        Guid or TimeSpan or Enum => value.ToString(),
        _ => Plain(EngineJson.ToPlain(EngineJson.ToElement(EngineJson.Stored(value))))
    };
}
