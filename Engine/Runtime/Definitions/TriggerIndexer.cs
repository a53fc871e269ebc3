using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Runtime.Timers;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using System.Text;

namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>Finds what can start a workflow: the stimuli of its triggers that are marked so. Their inputs are evaluated without an instance.</summary>
internal sealed class TriggerIndexer(IServiceProvider services, IExpressionEvaluator evaluator, IStimulusHasher hasher, TimeProvider time)
{
    public async Task<IReadOnlyList<TriggerRow>> FindAsync(WorkflowGraph graph, CancellationToken cancellationToken)
    {
        var indexing = new WorkflowIndexingContext(graph.Workflow, cancellationToken);
        var rows = new List<TriggerRow>();
        foreach (var node in graph.Nodes)
        {
            if (node.Activity is not ITrigger trigger || !trigger.GetCanStartWorkflow()) continue;
            var context = new TriggerIndexingContext(indexing, await EvaluateAsync(graph, node, indexing.GetOrCreateRegister(trigger), cancellationToken), trigger, cancellationToken);
            foreach (var payload in await trigger.GetTriggerPayloadsAsync(context))
                rows.Add(new(trigger.Id, context.TriggerName, hasher.Hash(context.TriggerName, payload), Encoding.UTF8.GetString(WorkRequest.Bytes(payload).Span), TimedBookmarks.TimerOf(payload, time.GetUtcNow().UtcDateTime)));
        }
        return rows;
    }

    private async Task<ExpressionExecutionContext> EvaluateAsync(WorkflowGraph graph, ActivityNode node, MemoryRegister register, CancellationToken cancellationToken)
    {
        foreach (var variable in graph.Workflow.Variables) register.Blocks[variable.Id] = new MemoryBlock(variable.ParseValue(variable.Value));
        var context = new ExpressionExecutionContext(services, register, cancellationToken: cancellationToken);
        foreach (var descriptor in node.Plan.Inputs)
        {
            if (descriptor.ValueGetter(node.Activity) is not Input { Expression: { } expression } input || input.MemoryBlockReference() is not { Id: { } id }) continue;
            register.Blocks[id] = new MemoryBlock(await evaluator.EvaluateAsync(expression, input.Type, context));
        }
        return context;
    }
}
