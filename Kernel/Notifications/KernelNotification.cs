using System.Text.Json;

namespace AgentOS.Kernel.Notifications;

/// <summary>A hint that something changed. Never the truth: look at the row.</summary>
/// <param name="Kind"><c>task</c>, <c>goal</c>, <c>agent</c>, <c>worker_free</c> (the id is the waiting task whose turn it is), <c>message</c>, <c>merge</c>, <c>session</c>, <c>activity</c>, <c>repository</c>, <c>schedule</c>, <c>review</c> (a person's verdict on a task), <c>browser_session</c>;
/// <c>connected</c> when the connection was made (again): anything may have been missed.</param>
/// <param name="State">The new state, where there is one.</param>
/// <param name="Parent">The goal of a task; the task of a message, a merge, a session or a review; the repository of a merge is in <paramref name="Repository"/>.</param>
/// <param name="New">A task or goal that was made just now and can be started.</param>
public sealed record KernelNotification(string Kind, Guid? Id, string? State = null, Guid? Parent = null, Guid? Repository = null, bool New = false)
{
    internal static readonly KernelNotification Connected = new("connected", null);

    internal static KernelNotification? Parse(string payload)
    {
        try
        {
            return JsonSerializer.Deserialize<KernelNotification>(payload, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null; // anyone who may connect can notify
        }
    }
}
