namespace AgentOS.Engine.Runtime.Api.Descriptors;

/// <summary>What the designer offers in its lists: names that definitions may hold, with words for people.</summary>
internal static class DesignerChoices
{
    private const string Core = "Elsa.Workflows.Core";
    private const string Runtime = "Elsa.Workflows.Runtime";

    public static readonly StrategyModel[] ActivationStrategies =
    [
        new("Always", "Every start makes an instance.", $"Elsa.Workflows.ActivationValidators.AllowAlwaysStrategy, {Core}"),
        new("Correlated singleton", "One running instance of this workflow for each correlation id.", $"Elsa.Workflows.Runtime.ActivationValidators.CorrelatedSingletonStrategy, {Runtime}"),
        new("Correlation", "One running instance of any workflow for each correlation id.", $"Elsa.Workflows.Runtime.ActivationValidators.CorrelationStrategy, {Runtime}"),
        new("Singleton", "One running instance of this workflow.", $"Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, {Runtime}"),
    ];

    public static readonly StrategyModel[] IncidentStrategies =
    [
        new("Continue with incidents", "The failed step is recorded; what does not depend on it goes on.", "ContinueWithIncidentsStrategy"),
        new("Fault", "The workflow stops as faulted.", "FaultStrategy"),
    ];

    public static readonly StrategyModel[] LogPersistenceStrategies =
    [
        new("Configuration", "As the server is set up.", $"Elsa.Workflows.LogPersistence.Strategies.Configuration, {Core}"),
        new("Exclude", "Keeps no values in the journal.", $"Elsa.Workflows.LogPersistence.Strategies.Exclude, {Core}"),
        new("Include", "Keeps the values in the journal.", $"Elsa.Workflows.LogPersistence.Strategies.Include, {Core}"),
        new("Inherit", "As what contains it.", $"Elsa.Workflows.LogPersistence.Strategies.Inherit, {Core}"),
    ];

    public static readonly StorageDriverModel[] StorageDrivers =
    [
        new($"Elsa.Workflows.WorkflowInstanceStorageDriver, {Core}", "Workflow Instance", 5, false),
        new($"Elsa.Workflows.MemoryStorageDriver, {Core}", "Memory", 0, false),
        new($"Elsa.Workflows.Services.WorkflowStorageDriver, {Core}", "Workflow", -1, true),
    ];

    public static readonly VariableTypeModel[] VariableTypes =
    [
        new("Object", "Object", "Primitives", "Any value."),
        new("String", "String", "Primitives", "Text."),
        new("Boolean", "Boolean", "Primitives", "True or false."),
        new("Int32", "Int32", "Primitives", "A whole number of 32 bits."),
        new("Long", "Long", "Primitives", "A whole number of 64 bits."),
        new("Single", "Single", "Primitives", "A floating-point number of 32 bits."),
        new("Double", "Double", "Primitives", "A floating-point number of 64 bits."),
        new("Decimal", "Decimal", "Primitives", "An exact decimal number, for money."),
        new("Guid", "Guid", "Primitives", "A globally unique id."),
        new("DateTime", "DateTime", "Primitives", "A date and time without an offset."),
        new("DateTimeOffset", "DateTimeOffset", "Primitives", "A point in time."),
        new("TimeSpan", "TimeSpan", "Primitives", "A duration."),
        new("StringDictionary", "StringDictionary", "Lookups", "Texts by name."),
        new("ObjectDictionary", "ObjectDictionary", "Lookups", "Values by name."),
        new("JSON", "JSON", "Dynamic", "JSON whose members are reached with a dot."),
        new("JsonElement", "JsonElement", "Dynamic", "JSON to read."),
        new("JsonNode", "JsonNode", "Dynamic", "JSON to read and change."),
        new("JsonObject", "JsonObject", "Dynamic", "A JSON object to read and change."),
        new("ByteArray", "ByteArray", "Data", "Bytes."),
        new("Stream", "Stream", "Data", "Bytes that are read once."),
    ];
}
