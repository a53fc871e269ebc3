using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentOS.Activities;
using AgentOS.Kernel;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Health;
using AgentOS.Kernel.Tasks;
using AgentOS.Kernel.Workflows;
using AgentOS.Server.Cli.Workflows;
using AgentOS.Server.Hosting.Access;
using Elsa;
using Elsa.Common;
using Elsa.Common.Entities;
using Elsa.Common.Models;
using Elsa.Extensions;
using Elsa.Persistence.EFCore;
using Elsa.Persistence.EFCore.Extensions;
using Elsa.Persistence.EFCore.Modules.Management;
using Elsa.Persistence.EFCore.Modules.Runtime;
using Elsa.Workflows;
using Elsa.Workflows.Management;
using Elsa.Workflows.Management.Entities;
using Elsa.Workflows.Management.Enums;
using Elsa.Workflows.Management.Filters;
using Elsa.Workflows.Management.Models;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Tasks;
using Microsoft.AspNetCore.Authentication;

namespace AgentOS.Server.Hosting;

/// <summary>The engine of Elsa's own packages in this host. What this file knows of it, nothing else does; EngineSetup.BuiltIn.cs is its counterpart.</summary>
internal static class EngineSetup
{
    private const string ApiPath = "elsa/api";

    public static void AddEngine(this IServiceCollection services, ServerSettings settings, ServerDatabase database)
    {
        if (settings.JoinsServer)
            throw new AgentOSException("This build runs on Elsa's packages, with one server for all work. Do without further nodes, or build AgentOS for its own engine (leave the property Engine out).");
        static ElsaDbContextOptions Tables() => new() { SchemaName = "engine" };
        services.AddElsa(elsa => elsa
            .UseWorkflows(workflows => workflows.UseCommitStrategies(strategies => strategies.AddStandardStrategies()))
            .UseWorkflowManagement(management =>
            {
                management.UseEntityFrameworkCore(persistence => persistence.UsePostgreSql(database.ConnectionString, Tables()));
                management.AddActivitiesFrom<StepActivity>();
            })
            .UseWorkflowRuntime(runtime => runtime.UseEntityFrameworkCore(persistence => persistence.UsePostgreSql(database.ConnectionString, Tables())))
            .UseScheduling()
            .UseHttp(http => http.ConfigureHttpOptions = options =>
            {
                options.BasePath = "/workflows";
                options.BaseUrl = settings.Url;
                options.ApiRoutePrefix = ApiPath;
            })
            .UseJavaScript()
            .UseLiquid()
            .UseWorkflowsApi()
            .UseRealTimeWorkflows());
        services.AddTransient<IClaimsTransformation, OwnerPermissions>();
        services.AddStartupTask<WorkflowFiles>();
        if (settings.Retention.Count > 0) services.AddRecurringTask<OldInstances>(TimeSpan.FromHours(1));
    }

    /// <summary>Elsa's API and hubs, and HTTP triggers for whoever came past the host's own check of callers.</summary>
    public static void UseEngine(this WebApplication app)
    {
        app.UseJsonSerializationErrorHandler();
        app.UseWorkflows();
        app.UseWorkflowsApi(ApiPath);
        app.UseWorkflowsSignalRHubs();
        app.MapElsaIdentity();
    }

    /// <summary>Elsa looks at a definition when it is published, and not before.</summary>
    public static Func<JsonElement, IReadOnlyList<WorkflowMistake>> Validator(IEnumerable<JsonElement> together) =>
        throw new AgentOSException("This build runs on Elsa's packages, which check a definition only when it is published: agentos workflow import says what is wrong with it.");

    /// <summary>The published definitions with what runs of them, and what faulted last.</summary>
    public static async Task<(IReadOnlyList<WorkflowGlance> Definitions, IReadOnlyList<Fault> Faults)> OverviewAsync(IServiceProvider services, CancellationToken cancellation)
    {
        const int most = 20;
        await using var scope = services.CreateAsyncScope();
        var instances = scope.ServiceProvider.GetRequiredService<IWorkflowInstanceStore>();
        List<WorkflowGlance> definitions = [];
        foreach (var one in await scope.ServiceProvider.GetRequiredService<IWorkflowDefinitionStore>().FindSummariesAsync(new WorkflowDefinitionFilter { VersionOptions = VersionOptions.Published, IsSystem = false }, cancellation))
        {
            var underWay = await instances.CountAsync(new WorkflowInstanceFilter { DefinitionId = one.DefinitionId, WorkflowStatus = WorkflowStatus.Running }, cancellation);
            var suspended = await instances.CountAsync(new WorkflowInstanceFilter { DefinitionId = one.DefinitionId, WorkflowSubStatus = WorkflowSubStatus.Suspended }, cancellation);
            var faulted = await instances.CountAsync(new WorkflowInstanceFilter { DefinitionId = one.DefinitionId, WorkflowSubStatus = WorkflowSubStatus.Faulted }, cancellation);
            definitions.Add(new(one.DefinitionId, one.Name ?? one.DefinitionId, one.Description, one.Version ?? 1, underWay - suspended, suspended, faulted));
        }

        var faults = await instances.FindManyAsync(new WorkflowInstanceFilter { WorkflowSubStatus = WorkflowSubStatus.Faulted }, PageArgs.FromRange(0, most),
            new WorkflowInstanceOrder<DateTimeOffset>(one => one.UpdatedAt, OrderDirection.Descending), cancellation);
        return (definitions, [.. faults.Items.Select(one => (Instance: one, Incident: one.WorkflowState.Incidents.LastOrDefault())).Select(one =>
            new Fault(new(one.Instance.Id, one.Instance.DefinitionId, one.Instance.Name, one.Instance.UpdatedAt, one.Incident?.Message ?? "", one.Incident?.ActivityId), one.Instance.CorrelationId))]);
    }

    /// <summary>What an instance is of, and what it belongs to.</summary>
    /// <exception cref="NotFoundException">There is no such instance.</exception>
    public static async Task<(string DefinitionId, string? CorrelationId)> FindAsync(IServiceProvider services, string instance, CancellationToken cancellation)
    {
        await using var scope = services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<IWorkflowInstanceStore>().FindAsync(new WorkflowInstanceFilter { Id = instance }, cancellation) ?? throw new NotFoundException("workflow instance", instance);
        return (found.DefinitionId, found.CorrelationId);
    }

    /// <exception cref="RefusedException">Elsa's own pages do it.</exception>
    public static Task RetryAsync(IServiceProvider services, string instance, CancellationToken cancellation) =>
        throw new RefusedException($"The instance {instance} belongs to no task. Retry it on its page in Elsa Studio.");

    /// <summary>Elsa keeps its queues to itself.</summary>
    public static async Task<EngineHealth> LookAsync(IServiceProvider services, CancellationToken cancellation)
    {
        await using var scope = services.CreateAsyncScope();
        var underWay = await scope.ServiceProvider.GetRequiredService<IWorkflowInstanceStore>().CountAsync(new WorkflowInstanceFilter { WorkflowStatus = WorkflowStatus.Running }, cancellation);
        return new([], [new("Workflows under way", underWay)]);
    }

    /// <summary>Elsa asks callers for permissions, each endpoint for its own. The owner has all of them.</summary>
    private sealed class OwnerPermissions : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            // The owner's identity is shared by all requests, and may pass here twice.
            if (principal.Identity is not { IsAuthenticated: true } || principal.HasClaim(PermissionNames.ClaimType, PermissionNames.All)) return Task.FromResult(principal);
            var owner = principal.Clone();
            owner.AddIdentity(new([new(PermissionNames.ClaimType, PermissionNames.All)]));
            return Task.FromResult(owner);
        }
    }

    /// <summary>
    /// Publishes the files of Workflows/. A file is read again when it differs from what was last read of it; a definition that a person has changed
    /// since stays as that person left it.
    /// </summary>
    [TaskDependency(typeof(PopulateRegistriesStartupTask))]
    private sealed class WorkflowFiles(IApiSerializer json, IWorkflowDefinitionStore definitions, IWorkflowDefinitionImporter importer) : IStartupTask
    {
        /// <summary>Of a definition: which file it is from, and which version that was. Whoever saves it later makes another version.</summary>
        private const string Mark = "agentosFile";

        public async Task ExecuteAsync(CancellationToken cancellationToken)
        {
            foreach (var file in Directory.EnumerateFiles(Installation.Find().Workflows, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                await PublishAsync(file, cancellationToken);
        }

        private async Task PublishAsync(string file, CancellationToken cancellation)
        {
            var text = (await File.ReadAllTextAsync(file, cancellation)).ReplaceLineEndings("\n");
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            var model = json.Deserialize<WorkflowDefinitionModel>(text);
            model.DefinitionId ??= Path.GetFileNameWithoutExtension(file);
            var filter = new WorkflowDefinitionFilter { DefinitionId = model.DefinitionId };
            var last = await definitions.FindLastVersionAsync(filter, cancellation);
            if (IsCurrent(last, hash)) return;

            model.CustomProperties ??= new Dictionary<string, object>();
            model.CustomProperties[Mark] = $"{hash} {(last?.Version ?? 0) + 1}";
            var imported = await importer.ImportAsync(new() { Model = model, Publish = true }, cancellation);
            if (!imported.Succeeded)
                throw new AgentOSException($"{Path.GetFileName(file)} is not a workflow that can be published: {string.Join(" ", imported.ValidationErrors.Select(error => error.Message))}");
        }

        /// <summary>The file as it is was read before, or a person has worked on the definition since.</summary>
        private static bool IsCurrent(WorkflowDefinition? last, string hash) => last is not null
            && (!last.CustomProperties.TryGetValue(Mark, out var mark) || $"{mark}".Split(' ') is not [var read, var version] || read == hash || version != $"{last.Version}");
    }

    /// <summary>
    /// Deletes finished instances with what was recorded of them, when a rule says that they are old enough. What a running instance started or was started by stays,
    /// and what a task needs.
    /// </summary>
    private sealed class OldInstances(ServerSettings settings, TaskStore tasks, TimeProvider time, IWorkflowInstanceStore instances, IWorkflowInstanceManager manager,
        IActivityExecutionStore executions, IWorkflowExecutionLogStore journal) : RecurringTask
    {
        private const int Batch = 50;

        public override async Task ExecuteAsync(CancellationToken cancellationToken)
        {
            foreach (var rule in settings.Retention) await DeleteAsync(rule, cancellationToken);
        }

        private async Task DeleteAsync(RetentionRule rule, CancellationToken cancellation)
        {
            var old = new WorkflowInstanceFilter
            {
                DefinitionId = rule.Definition,
                WorkflowStatus = WorkflowStatus.Finished,
                WorkflowSubStatus = rule.Ending is { } ending ? Enum.Parse<WorkflowSubStatus>(ending) : null,
                TimestampFilters = [new() { Column = nameof(WorkflowInstance.FinishedAt), Operator = TimestampFilterOperator.LessThan, Timestamp = time.GetUtcNow() - rule.Age }],
            };
            var oldest = new WorkflowInstanceOrder<DateTimeOffset>(one => one.CreatedAt, OrderDirection.Ascending);
            var kept = 0;
            while ((await instances.FindManyAsync(old, PageArgs.FromRange(kept, Batch), oldest, cancellation)).Items is { Count: > 0 } due)
            {
                var ids = due.Select(one => one.Id).Except(await NeededAsync(due, cancellation)).ToArray();
                // What stays is passed over by the next batch.
                kept += due.Count - (ids.Length == 0 ? 0 : (int)await DeleteAsync(ids, cancellation));
            }
        }

        private async Task<long> DeleteAsync(string[] ids, CancellationToken cancellation)
        {
            await executions.DeleteManyAsync(new() { WorkflowInstanceIds = ids }, cancellation);
            await journal.DeleteManyAsync(new() { WorkflowInstanceIds = ids }, cancellation);
            // They last: by them the rest is found again, should the server end in between.
            return await manager.BulkDeleteAsync(new() { Ids = ids, WorkflowStatus = WorkflowStatus.Finished }, cancellation);
        }

        private async Task<IEnumerable<string>> NeededAsync(ICollection<WorkflowInstance> due, CancellationToken cancellation)
        {
            var ids = due.Select(one => one.Id).ToArray();
            var parents = await instances.FindManyIdsAsync(new WorkflowInstanceFilter { Ids = [.. due.Select(one => one.ParentWorkflowInstanceId).OfType<string>()], WorkflowStatus = WorkflowStatus.Running }, cancellation);
            var children = await instances.FindManyAsync(new WorkflowInstanceFilter { ParentWorkflowInstanceIds = ids, WorkflowStatus = WorkflowStatus.Running }, cancellation);
            return [.. due.Where(one => parents.Contains(one.ParentWorkflowInstanceId)).Select(one => one.Id), .. children.Select(one => one.ParentWorkflowInstanceId).OfType<string>(), .. await tasks.WorkflowsInUseAsync(ids, cancellation)];
        }
    }
}
