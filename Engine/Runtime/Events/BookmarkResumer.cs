using AgentOS.Engine.Runtime.Execution;
using Elsa.Workflows;
using Elsa.Workflows.Helpers;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Options;

namespace AgentOS.Engine.Runtime.Events;

internal sealed class BookmarkResumer(Stimuli stimuli, InstanceRunner runner, IStimulusHasher hasher) : IBookmarkResumer
{
    public Task<ResumeBookmarkResult> ResumeAsync<TActivity>(object stimulus, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default) where TActivity : IActivity =>
        ResumeAsync<TActivity>(stimulus, null, options, cancellationToken);

    public async Task<ResumeBookmarkResult> ResumeAsync<TActivity>(object stimulus, string? workflowInstanceId, ResumeBookmarkOptions? options = null, CancellationToken cancellationToken = default) where TActivity : IActivity
    {
        var hash = hasher.Hash(ActivityTypeNameHelper.GenerateTypeName<TActivity>(), stimulus);
        var (bookmarks, _) = await stimuli.FindAsync(hash, new() { WorkflowInstanceId = workflowInstanceId }, cancellationToken);
        return bookmarks is [var (bookmark, instance), ..] ? await ResumeAsync(instance, bookmark, options?.Input, options?.Properties, cancellationToken) : ResumeBookmarkResult.NotFound();
    }

    public async Task<ResumeBookmarkResult> ResumeAsync(string bookmarkId, IDictionary<string, object> input, CancellationToken cancellationToken = default) =>
        await stimuli.InstanceOfBookmarkAsync(bookmarkId, cancellationToken) is { } instance ? await ResumeAsync(instance, bookmarkId, input, null, cancellationToken) : ResumeBookmarkResult.NotFound();

    public async Task<ResumeBookmarkResult> ResumeAsync(ResumeBookmarkRequest request, CancellationToken cancellationToken = default)
    {
        if (request.BookmarkId is { } bookmark) return await ResumeAsync(request.WorkflowInstanceId, bookmark, request.Input, request.Properties, cancellationToken);
        var result = await runner.ResumeAsync(request.WorkflowInstanceId, new() { ActivityHandle = request.ActivityHandle, Input = request.Input, Properties = request.Properties }, cancellationToken);
        return result is null ? ResumeBookmarkResult.NotFound() : ResumeBookmarkResult.Found(InstanceRunner.Respond(result));
    }

    private async Task<ResumeBookmarkResult> ResumeAsync(string instance, string bookmark, IDictionary<string, object>? input, IDictionary<string, object>? properties, CancellationToken cancellationToken) =>
        await runner.ResumeAsync(instance, new() { BookmarkId = bookmark, Input = input, Properties = properties }, cancellationToken) is { } result
            ? ResumeBookmarkResult.Found(InstanceRunner.Respond(result))
            : ResumeBookmarkResult.NotFound();
}
