using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace AgentOS.Engine.Runtime.Api.Descriptors;

internal sealed record Listing<T>(IReadOnlyCollection<T> Items)
{
    public int Count => Items.Count;
}

internal sealed record ActivityModel(
    string TypeName, string ClrType, string Namespace, string Name, int Version, string Category, string? DisplayName, string? Description,
    IReadOnlyList<InputModel> Inputs, IReadOnlyList<OutputModel> Outputs, ActivityKind Kind, bool RunAsynchronously, IReadOnlyList<PortModel> Ports,
    IDictionary<string, object> CustomProperties, IDictionary<string, object> ConstructionProperties, bool IsContainer, bool IsBrowsable, bool IsStart, bool IsTerminal);

internal sealed record InputModel(
    bool IsWrapped, string UiHint, string? Category, object? DefaultValue, string? DefaultSyntax, bool IsReadOnly, bool IsSensitive, bool AutoEvaluate,
    IDictionary<string, object> UiSpecifications, string Name, string TypeName, string? DisplayName, string? Description, float Order, bool IsBrowsable, bool IsSerializable, bool IsSynthetic);

internal sealed record OutputModel(string Name, string TypeName, string? DisplayName, string? Description, float Order, bool? IsBrowsable, bool? IsSerializable, bool IsSynthetic);

internal sealed record PortModel(string Name, string? DisplayName, PortType Type, bool IsBrowsable);

internal sealed record ExpressionModel(string Type, string DisplayName, bool IsSerializable, bool IsBrowsable, IDictionary<string, object> Properties);

internal sealed record StrategyModel(string DisplayName, string Description, string TypeName);

internal sealed record CommitStrategyModel(string Name, string DisplayName, string Description);

internal sealed record StorageDriverModel(string TypeName, string DisplayName, double Priority, bool Deprecated);

internal sealed record VariableTypeModel(string TypeName, string DisplayName, string Category, string Description);
