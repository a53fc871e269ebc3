using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Nodes;
using AgentOS.Engine.Runtime.Work;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentOS.Engine.Runtime.Execution;

/// <summary>Runs bursts: a new instance from its start, or a claimed one from its last commit.</summary>
internal sealed partial class BurstRunner(IServiceScopeFactory scopes, RunningBursts running, Activation activation, Reaper reaper, ILogger<BurstRunner> logger)
{
    /// <returns>Null when the workflow's activation strategy lets no further instance start.</returns>
    /// <exception cref="CommitFailedException">Among others: the instance exists already.</exception>
    public async Task<RunWorkflowResult?> StartAsync(WorkflowGraph graph, RunWorkflowOptions options, bool activate = true, WorkItem? item = null, CancellationToken cancellationToken = default)
    {
        string? key = null;
        if (activate && await activation.KeyAsync(graph.Workflow, options.CorrelationId, cancellationToken) is var (allowed, activationKey))
        {
            if (!allowed) return null;
            key = activationKey;
        }
        var burst = new Burst(options.WorkflowInstanceId!) { ActivationKey = key };
        if (item is not null) burst.Items.Add(item.Claim);
        return await RunAsync(burst, (runner, token) => runner.RunAsync(graph, options, token), cancellationToken);
    }

    /// <summary>Goes on with a claimed instance, at a bookmark or wherever its last commit left it.</summary>
    /// <param name="graph">Of the version that the instance was started with.</param>
    /// <param name="claim">What makes the instance this node's.</param>
    /// <param name="state">The last committed state.</param>
    /// <param name="options">Bookmark and input.</param>
    /// <param name="item">The item of work that is done by this.</param>
    /// <param name="moreToCome">Keep the instance when the burst ends.</param>
    /// <param name="cancellationToken">Interrupts the burst.</param>
    public Task<RunWorkflowResult> ResumeAsync(WorkflowGraph graph, InstanceClaim claim, WorkflowState state, RunWorkflowOptions options, WorkItem? item = null, bool moreToCome = false,
        CancellationToken cancellationToken = default)
    {
        var burst = BurstOf(claim, state, item);
        burst.BookmarkId = options.BookmarkId;
        burst.MoreToCome = moreToCome;
        return RunAsync(burst, (runner, token) => runner.RunAsync(graph, state, options, token), cancellationToken);
    }

    /// <summary>Ends a claimed instance as cancelled, and asks for the same for its children.</summary>
    public Task<RunWorkflowResult> CancelAsync(WorkflowGraph graph, InstanceClaim claim, WorkflowState state, IEnumerable<string> children, WorkItem? item = null)
    {
        var burst = BurstOf(claim, state, item);
        foreach (var child in children) burst.Dispatch(new("cancel", child, null, null, null, claim.Id, null));
        return RunAsync(burst, (runner, _) => ((WorkflowRunner)runner).CancelAsync(graph, state), CancellationToken.None);
    }

    private static Burst BurstOf(InstanceClaim claim, WorkflowState state, WorkItem? item)
    {
        var burst = new Burst(claim.Id) { Epoch = claim.Epoch };
        if (item is not null) burst.Items.Add(item.Claim);
        foreach (var context in state.ActivityExecutionContexts) burst.StoredExecutions.Add(context.Id);
        return burst;
    }

    private async Task<RunWorkflowResult> RunAsync(Burst burst, Func<IWorkflowRunner, CancellationToken, Task<RunWorkflowResult>> run, CancellationToken cancellationToken)
    {
        burst.Enter();
        running.Add(burst);
        await using var stop = cancellationToken.UnsafeRegister(static state => ((Burst)state!).Cancellation.Cancel(), burst);
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            return await run(scope.ServiceProvider.GetRequiredService<IWorkflowRunner>(), burst.Cancellation.Token);
        }
        catch (Exception exception)
        {
            await AbandonAsync(burst, exception);
            throw;
        }
        finally
        {
            running.Remove(burst);
        }
    }

    // The instance stays as its last commit left it. If it is still this node's, somebody goes on with it soon.
    private async Task AbandonAsync(Burst burst, Exception exception)
    {
        LogAbandoned(burst.InstanceId, exception.Message);
        if (burst.Epoch == 0) return;
        try
        {
            await reaper.ReleaseAsync(burst.InstanceId, burst.Epoch);
        }
        catch (Exception failure) when (failure is Npgsql.NpgsqlException or TimeoutException)
        {
            reaper.ReleaseLater(burst.InstanceId, burst.Epoch);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The run of workflow instance {Instance} was abandoned: {Reason}")]
    private partial void LogAbandoned(string instance, string reason);
}
