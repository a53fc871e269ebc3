using AgentOS.Engine.Runtime.Execution;
using AgentOS.Engine.Services;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Microsoft.AspNetCore.Http;

namespace AgentOS.Engine.Runtime.Http;

/// <summary>Runs a workflow for a request. One that takes longer than its endpoint allows is cancelled, and the caller told so.</summary>
internal sealed class HttpDeadline(Cancellation cancellation, RunningBursts bursts, TimeProvider time)
{
    /// <returns>Whether a workflow ran, and the request is answered.</returns>
    public async Task<bool> RunAsync(HttpContext http, string instance, TimeSpan? timeout, Func<Task<RunWorkflowResult?>> run)
    {
        var running = run();
        var late = timeout is { } limit && limit > TimeSpan.Zero && !await EndsWithinAsync(running, limit);
        // Of one that has committed nothing yet there is nothing to cancel: it is as if it had not begun.
        if (late && !await cancellation.CancelWorkflowAsync(instance)) bursts.Interrupt(instance);
        RunWorkflowResult? result;
        try
        {
            result = await running;
        }
        catch (Exception) when (late)
        {
            // Interrupted: its cancellation is committed, or queued for whoever takes the instance up.
            result = null;
        }
        if (!late && result is null) return false;
        await AnswerAsync(http, late ? StatusCodes.Status408RequestTimeout : result is { WorkflowState.SubStatus: WorkflowSubStatus.Faulted } ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK);
        return true;
    }

    private static async Task AnswerAsync(HttpContext http, int status)
    {
        if (!HttpTriggers.IsAnswered(http) && !http.Response.HasStarted) http.Response.StatusCode = status;
        await HttpTriggers.SendAsync(http);
    }

    private async Task<bool> EndsWithinAsync(Task running, TimeSpan limit)
    {
        using var ended = new CancellationTokenSource();
        var first = await Task.WhenAny(running, Task.Delay(limit, time, ended.Token));
        await ended.CancelAsync();
        return first == running;
    }
}
