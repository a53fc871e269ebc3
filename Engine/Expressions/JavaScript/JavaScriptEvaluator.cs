using System.Collections.Concurrent;
using Acornima.Ast;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Helpers;
using Elsa.Expressions.JavaScript.Contracts;
using Elsa.Expressions.JavaScript.Options;
using Elsa.Expressions.Models;
using Jint;
using Microsoft.Extensions.Options;

namespace Elsa.Expressions.JavaScript.Contracts
{
    public interface IJavaScriptEvaluator
    {
        Task<object?> EvaluateAsync(string expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions? options = null, Action<Engine>? configureEngine = null,
            CancellationToken cancellationToken = default);
    }
}

namespace Elsa.Expressions.JavaScript.Options
{
    public class JintOptions
    {
        internal List<Action<Engine, ExpressionExecutionContext>> EngineConfigurators { get; } = [];

        public JintOptions ConfigureEngine(Action<Engine> configurator) => ConfigureEngine((engine, _) => configurator(engine));

        /// <summary>Adds functions or values of the host's own.</summary>
        public JintOptions ConfigureEngine(Action<Engine, ExpressionExecutionContext> configurator)
        {
            EngineConfigurators.Add(configurator);
            return this;
        }
    }
}

namespace AgentOS.Engine.Expressions.JavaScript
{
    /// <summary>Runs scripts that were parsed once, in an engine of their own, with limits, and with only those functions that the script names.</summary>
    internal sealed class JavaScriptEvaluator(IOptions<JintOptions> options) : IJavaScriptEvaluator
    {
        private const int CacheSize = 10_000;
        private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

        // All that a script allocates while it runs, not what it holds: a busy loop of some seconds allocates much and holds nothing.
        private const long Allocations = 4_000_000_000;

        private static readonly ScriptPreparationOptions Preparation = new()
        {
            ParsingOptions = ScriptParsingOptions.Default with { AllowReturnOutsideFunction = true }
        };

        private readonly ConcurrentDictionary<string, Script> _scripts = new();

        public Task<object?> EvaluateAsync(string expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions? options = null,
            Action<Jint.Engine>? configureEngine = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(Evaluate(Prepare(expression), returnType, context, options, configureEngine));

        internal Script Prepare(string source)
        {
            if (_scripts.TryGetValue(source, out var known)) return known;
            if (_scripts.Count >= CacheSize) _scripts.Clear();
            return _scripts.GetOrAdd(source, Script.Parse(source, Preparation));
        }

        internal object? Evaluate(Script script, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions? evaluatorOptions, Action<Jint.Engine>? configure)
        {
            using var engine = new Jint.Engine(static x => x
                .TimeoutInterval(Timeout)
                .LimitMemory(Allocations)
                .MaxArraySize(10_000_000)
                .LimitRecursion(200)
                .DisableStringCompilation());
            Bindings.Bind(engine, script, context);
            if (evaluatorOptions?.Arguments is { Count: > 0 } arguments)
                foreach (var (name, value) in arguments) engine.SetValue(name, value);
            foreach (var configurator in options.Value.EngineConfigurators) configurator(engine, context);
            configure?.Invoke(engine);

            var result = engine.Evaluate(script.Prepared).UnwrapIfPromise().ToObject();
            return result.ConvertTo(returnType);
        }
    }

    /// <summary>A parsed script, and the names it uses that it may not have defined itself.</summary>
    internal sealed record Script(Prepared<Acornima.Ast.Script> Prepared, IReadOnlyList<string> Names, bool UsesAnything)
    {
        public static Script Parse(string source, ScriptPreparationOptions options)
        {
            var prepared = Jint.Engine.PrepareScript(source, strict: false, options: options);
            var names = new HashSet<string>();
            Collect(prepared.Program, names);
            return new(prepared, [.. names], names.Contains("globalThis") || names.Contains("this"));
        }

        private static void Collect(Node? node, HashSet<string> names)
        {
            var open = new Stack<Node>();
            if (node is not null) open.Push(node);
            while (open.TryPop(out var current))
            {
                if (current is Identifier identifier) names.Add(identifier.Name);
                else if (current is ThisExpression) names.Add("this");
                foreach (var child in current.ChildNodes) open.Push(child);
            }
        }
    }

    internal sealed class JavaScriptHandler(JavaScriptEvaluator evaluator) : IExpressionHandler
    {
        public ValueTask<object?> EvaluateAsync(Elsa.Expressions.Models.Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options)
        {
            if (expression.Value?.ToString() is not { Length: > 0 } source) return new(ObjectConverter.ConvertTo(null, returnType));
            var script = expression.Compiled as Script ?? (Script)(expression.Compiled = evaluator.Prepare(source));
            return new(evaluator.Evaluate(script, returnType, context, options, null));
        }
    }
}
