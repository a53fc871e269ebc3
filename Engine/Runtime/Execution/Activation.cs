using System.Security.Cryptography;
using System.Text;
using AgentOS.Engine.Execution;
using AgentOS.Engine.Runtime.Database;
using Elsa.Workflows.Activities;
using NpgsqlTypes;

namespace AgentOS.Engine.Runtime.Execution;

/// <summary>
/// May another instance start? The activation strategies are known by name. What the question cannot see, because it starts at the same moment,
/// the unique index on the activation key refuses.
/// </summary>
internal sealed class Activation(EngineDatabase database)
{
    /// <returns>Whether it may, and what is then unique among the running instances. Null when the workflow has no such strategy.</returns>
    public async ValueTask<(bool Allowed, string Key)?> KeyAsync(Workflow workflow, string? correlationId, CancellationToken cancellationToken)
    {
        var definition = workflow.Identity.DefinitionId;
        (string Key, string Condition)? rule = workflow.Options.ActivationStrategyType?.Name switch
        {
            "SingletonStrategy" => ($"singleton {definition}", "definition_id = $1"),
            "CorrelatedSingletonStrategy" => ($"singleton {definition} {correlationId}", correlationId is null ? "definition_id = $1" : "definition_id = $1 and correlation_id = $2"),
            "CorrelationStrategy" when correlationId is not null => ($"correlation {correlationId}", "correlation_id = $2"),
            _ => null
        };
        if (rule is not var (key, condition)) return null;
        await using var command = database.CreateCommand($"select not exists (select from engine.workflow_instances where status = 'Running' and {condition} and ($1 is not null or $2 is not null))");
        command.Parameters.Add(new() { Value = definition });
        command.Parameters.Add(new() { Value = (object?)correlationId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return ((bool)(await command.ExecuteScalarAsync(cancellationToken))!, Short(key));
    }

    // Two ids together may be more than an index holds.
    private static string Short(string key) => key.Length <= IdLength.Longest ? key : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
