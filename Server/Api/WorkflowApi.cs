using AgentOS.Kernel.Workflows;

namespace AgentOS.Server.Api;

/// <summary>Workflows as people look after them. Elsa's own API, with all that they are made of, is at /elsa/api.</summary>
internal static class WorkflowApi
{
    public static void MapWorkflowApi(this IEndpointRouteBuilder routes)
    {
        var workflows = routes.MapGroup("/api/workflows").WithTags("Workflows");
        workflows.MapGet("/", (ReadWorkflows read, CancellationToken cancellation) => read(cancellation)).WithSummary("The published definitions with how many instances run, wait and have faulted; and what faulted last.");
        workflows.MapPost("/instances/{instance}/retry", async (string instance, RetryWorkflow retry, CancellationToken cancellation) => new WorkflowRetried(await retry(instance, cancellation)))
            .WithSummary("Sets a faulted instance going again: by the task that it blocked, else by itself.");
    }
}

internal sealed record WorkflowRetried(string Done);
