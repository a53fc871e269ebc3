using System.Text.Json;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Definitions;

/// <summary>Offers workflows as activities of other workflows: one activity type for each definition, one version of it for each published version.</summary>
public sealed class CompositeActivities
{
    private const int MaxDepth = 20;
    [ThreadStatic] private static int _depth;

    private readonly IActivityRegistry _registry;
    private readonly DefinitionReader _reader;
    private readonly WorkflowGraphBuilder _graphs;

    internal CompositeActivities(IActivityRegistry registry, DefinitionReader reader, WorkflowGraphBuilder graphs) => (_registry, _reader, _graphs) = (registry, reader, graphs);

    /// <summary>Adds a published version whose options say that it is usable as an activity. Workflows that name an older version keep it.</summary>
    /// <returns>The type name of the activity; null for a workflow that is not usable as one.</returns>
    public string? Add(JsonElement model, WorkflowIdentity identity)
    {
        var json = model.GetRawText();
        var workflow = _reader.ReadWorkflow(model, identity);
        if (workflow.Options.UsableAsActivity != true || TypeName(workflow.WorkflowMetadata.Name) is not { Length: > 0 } typeName) return null;
        var descriptor = Describe(workflow, typeName);
        descriptor.Constructor = _ => new ActivityConstructionResult(Create(json, identity, descriptor));
        _registry.Add(typeof(CompositeActivities), descriptor);
        return typeName;
    }

    /// <summary>Takes all versions of a definition back: it was retracted or deleted.</summary>
    public void Remove(string definitionId)
    {
        foreach (var descriptor in _registry.ListByProvider(typeof(CompositeActivities)).Where(x => x.CustomProperties["WorkflowDefinitionId"].Equals(definitionId)).ToList())
            _registry.Remove(typeof(CompositeActivities), descriptor);
    }

    /// <summary><c>Review a change</c> → <c>ReviewAChange</c>.</summary>
    public static string TypeName(string? name) =>
        string.Concat((name ?? "").Split([' ', '-', '_', '.'], StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..])).Trim();

    private static ActivityDescriptor Describe(Workflow workflow, string typeName) => new()
    {
        TypeName = typeName,
        ClrType = typeof(WorkflowDefinitionActivity),
        Namespace = "",
        Name = typeName,
        Version = workflow.Identity.Version,
        Category = workflow.Options.ActivityCategory is { Length: > 0 } category ? category : "Workflows",
        DisplayName = workflow.WorkflowMetadata.Name,
        Description = workflow.WorkflowMetadata.Description,
        Kind = ActivityKind.Action,
        CustomProperties = { ["RootType"] = "WorkflowDefinitionActivity", ["WorkflowDefinitionId"] = workflow.Identity.DefinitionId, ["WorkflowDefinitionVersionId"] = workflow.Identity.Id },
        // What the designer writes into the activity that it makes: so who reads the definition sees which workflow it is.
        ConstructionProperties = { ["WorkflowDefinitionId"] = workflow.Identity.DefinitionId, ["WorkflowDefinitionVersionId"] = workflow.Identity.Id, ["LatestAvailablePublishedVersion"] = workflow.Identity.Version, ["LatestAvailablePublishedVersionId"] = workflow.Identity.Id },
        // Through the first the viewer goes into the workflow; without it, it opens nothing.
        Ports = [new() { Name = "Root", DisplayName = "Root", Type = PortType.Embedded, IsBrowsable = false }, .. (workflow.Outcomes.Count > 0 ? workflow.Outcomes : ["Done"]).Select(x => new Port { Name = x, DisplayName = x, Type = PortType.Flow })],
        Inputs = [.. workflow.Inputs.Select(x => new InputDescriptor(x.Name, x.Type, Get(x.Name), Set(x.Name), true, x.UIHint, x.DisplayName, x.Description, x.Category, isSynthetic: true, storageDriverType: x.StorageDriverType))],
        Outputs = [.. workflow.Outputs.Select(x => new OutputDescriptor(x.Name, x.DisplayName, x.Type, Get(x.Name), Set(x.Name), null, x.Description) { IsSynthetic = true })]
    };

    private WorkflowDefinitionActivity Create(string json, WorkflowIdentity identity, ActivityDescriptor descriptor)
    {
        if (_depth >= MaxDepth) throw new InvalidDefinitionException($"Workflow '{identity.DefinitionId}' contains itself as an activity.");
        _depth++;
        try
        {
            var workflow = _reader.ReadWorkflow(JsonElement.Parse(json), identity);
            // Names its activities, before those of the workflow around it are named.
            _graphs.Build(workflow);
            return new WorkflowDefinitionActivity
            {
                Type = descriptor.TypeName,
                Version = descriptor.Version,
                WorkflowDefinitionId = identity.DefinitionId,
                WorkflowDefinitionVersionId = identity.Id,
                Root = workflow
            };
        }
        finally
        {
            _depth--;
        }
    }

    private static Func<IActivity, object?> Get(string name) => activity => activity.SyntheticProperties.TryGetValue(name, out var value) ? value : null;
    private static Action<IActivity, object?> Set(string name) => (activity, value) => activity.SyntheticProperties[name] = value!;
}
