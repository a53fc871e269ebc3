using System.Text.Json;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.State;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Runtime.Definitions;

/// <summary>Makes a graph of a stored definition.</summary>
internal sealed class DefinitionCompiler(DefinitionReader reader)
{
    /// <exception cref="InvalidDefinitionException">It cannot be run.</exception>
    public WorkflowGraph Compile(DefinitionRow row)
    {
        using var model = JsonDocument.Parse(row.Model, new() { MaxDepth = EngineJson.MaxDepth * 2 });
        return reader.Read(model.RootElement, new WorkflowIdentity(row.DefinitionId, row.Version, row.Id), new WorkflowPublication(row.IsLatest, row.IsPublished));
    }
}
