using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;

namespace AgentOS.Engine.Expressions.JavaScript;

internal sealed class JavaScriptExpressions(JavaScriptEvaluator evaluator) : IExpressionDescriptorProvider
{
    public IEnumerable<ExpressionDescriptor> GetDescriptors() => [BuiltInExpressions.Describe("JavaScript", new JavaScriptHandler(evaluator), language: "javascript")];
}
