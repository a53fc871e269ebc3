using Elsa.Workflows;

namespace AgentOS.Engine.Execution;

/// <summary>
/// What an activity tried in vain, for its record. It is written with the commit that writes the rest of what the activity did: attempts of a run
/// that is lost are lost with it, and the run after it begins with none.
/// </summary>
internal sealed class RetryAttempts
{
    public const string Property = "RetryAttempts";

    // Of the execution and of those around it: Studio marks them all.
    private const string Flag = "HasRetryAttempts";

    private readonly ActivityExecutionContext _context;
    private readonly List<object> _attempts = [];

    public RetryAttempts(ActivityExecutionContext context)
    {
        _context = context;
        context.RemoveProperty(Property);
    }

    /// <param name="delay">How long it waits before it tries again.</param>
    /// <param name="details">Why, for people.</param>
    public void Add(TimeSpan delay, IReadOnlyDictionary<string, string> details)
    {
        var workflow = _context.WorkflowExecutionContext;
        _attempts.Add(new Dictionary<string, object?>
        {
            ["activityInstanceId"] = _context.Id, ["activityId"] = _context.Activity.Id, ["workflowInstanceId"] = workflow.Id,
            ["attemptNumber"] = _attempts.Count, ["retryDelay"] = delay, ["details"] = details.ToDictionary(each => each.Key, each => (object?)each.Value),
            ["id"] = workflow.IdentityGenerator.GenerateId(), ["tenantId"] = "",
        });
        _context.Properties[Property] = _attempts;
        for (var each = _context; each is not null; each = each.ParentActivityExecutionContext) each.SetMetadata(Flag, true);
    }

    public static bool Any(ActivityExecutionContext context) => context.HasMetadata && context.Metadata.ContainsKey(Flag);

    /// <summary>What a record's metadata says of it.</summary>
    public static void Write(System.Text.Json.Utf8JsonWriter writer, bool any)
    {
        if (any) writer.WriteBoolean(Flag, true);
    }
}
