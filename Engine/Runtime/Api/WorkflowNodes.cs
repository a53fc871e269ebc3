using AgentOS.Engine.Definitions;
using AgentOS.Engine.Runtime.Definitions;
using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>What the engine calls a workflow among its activities: the first part of every node id, in the definition as in the journal.</summary>
internal sealed class WorkflowNodes(IActivityRegistry registry, DefinitionCompiler compiler)
{
    private const string Usual = "Workflow1";

    /// <summary>A workflow in which others are activities gets the next name that these have not taken.</summary>
    public string Of(DefinitionRow row)
    {
        if (!registry.ListByProvider(typeof(CompositeActivities)).Any(composite => row.Model.Contains($"\"{composite.TypeName}\"", StringComparison.Ordinal))) return Usual;
        try
        {
            return compiler.Compile(row).Workflow.Id;
        }
        catch (InvalidDefinitionException)
        {
            return Usual; // it cannot run, and so has no journal to agree with
        }
    }

    /// <summary>Which workflow an activity of this type is; null when it is none.</summary>
    public Composite? Composite(string type, int version) =>
        Identity(registry.Find(type, version)) is var (definition, id, number) ? With(definition, id, number) : Identity(registry.Find(type)) is var (newest, newestId, newestNumber) ? With(newest, newestId, newestNumber) : null;

    private Composite With(string definition, string id, int version) =>
        registry.ListByProvider(typeof(CompositeActivities)).Select(Identity).Where(each => each?.Definition == definition).MaxBy(each => each!.Value.Version) is var (_, latestId, latest) ? new(definition, id, latest, latestId) : new(definition, id, version, id);

    private static (string Definition, string Id, int Version)? Identity(ActivityDescriptor? descriptor) =>
        descriptor is not null && descriptor.CustomProperties.TryGetValue("WorkflowDefinitionVersionId", out var id) ? ((string)descriptor.CustomProperties["WorkflowDefinitionId"], (string)id, descriptor.Version) : null;
}

/// <summary>The workflow that an activity is, in the four members by which Studio knows such an activity.</summary>
internal sealed record Composite(string DefinitionId, string VersionId, int LatestVersion, string LatestVersionId);
