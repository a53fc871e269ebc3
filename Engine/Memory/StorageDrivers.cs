using Elsa.Workflows.Memory;

namespace Elsa.Workflows
{
    public record StorageDriverContext(IExecutionContext ExecutionContext, Variable Variable, CancellationToken CancellationToken);

    /// <summary>Keeps the values of variables while their workflow is idle.</summary>
    public interface IStorageDriver
    {
        double Priority { get; }
        IEnumerable<string> Tags { get; }
        ValueTask WriteAsync(string id, object value, StorageDriverContext context);
        ValueTask<object?> ReadAsync(string id, StorageDriverContext context);
        ValueTask DeleteAsync(string id, StorageDriverContext context);
    }

    /// <summary>Keeps values in the instance's state.</summary>
    public class WorkflowInstanceStorageDriver : IStorageDriver
    {
        public const string VariablesDictionaryStateKey = "Variables";

        internal WorkflowInstanceStorageDriver() { }

        public double Priority => 5;
        public IEnumerable<string> Tags => [];

        public ValueTask WriteAsync(string id, object value, StorageDriverContext context)
        {
            Values(context, true)![id] = value;
            return ValueTask.CompletedTask;
        }

        public ValueTask<object?> ReadAsync(string id, StorageDriverContext context) => new(Values(context, false) is { } values && values.TryGetValue(id, out var value) ? value : null);

        public ValueTask DeleteAsync(string id, StorageDriverContext context)
        {
            Values(context, false)?.Remove(id);
            return ValueTask.CompletedTask;
        }

        internal static IDictionary<string, object?>? Values(StorageDriverContext context, bool create)
        {
            var properties = context.ExecutionContext.Properties;
            if (properties.TryGetValue(VariablesDictionaryStateKey, out var found) && found is IDictionary<string, object?> values) return values;
            if (!create) return null;
            var made = new Dictionary<string, object?>();
            properties[VariablesDictionaryStateKey] = made;
            return made;
        }
    }

    /// <summary>Keeps values only while the workflow runs: over a suspension they are gone.</summary>
    public class MemoryStorageDriver : IStorageDriver
    {
        public double Priority => 0;
        public IEnumerable<string> Tags => ["Memory"];
        public ValueTask WriteAsync(string id, object value, StorageDriverContext context) => ValueTask.CompletedTask;
        public ValueTask<object?> ReadAsync(string id, StorageDriverContext context) => new((object?)null);
        public ValueTask DeleteAsync(string id, StorageDriverContext context) => ValueTask.CompletedTask;
    }
}

namespace Elsa.Workflows.Services
{
    /// <summary>The older way of <see cref="WorkflowInstanceStorageDriver"/>, which definitions may still name.</summary>
    public class WorkflowStorageDriver : IStorageDriver
    {
        private readonly WorkflowInstanceStorageDriver _driver = new();

        public double Priority => -1;
        public IEnumerable<string> Tags => [];
        public ValueTask WriteAsync(string id, object value, StorageDriverContext context) => _driver.WriteAsync(id, value, context);
        public ValueTask<object?> ReadAsync(string id, StorageDriverContext context) => _driver.ReadAsync(id, context);
        public ValueTask DeleteAsync(string id, StorageDriverContext context) => _driver.DeleteAsync(id, context);
    }
}
