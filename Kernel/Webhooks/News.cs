namespace AgentOS.Kernel.Webhooks;

/// <summary>Which entries of the log are news for a person. The database's <c>webhook_event()</c> says the same for webhooks.</summary>
public static class News
{
    public static WebhookEvent? Of(string eventType) => eventType switch
    {
        "message.question" or "merge.waiting" => WebhookEvent.NeedsYou,
        "task.done" => WebhookEvent.Merged,
        "task.blocked" or "goal.blocked" => WebhookEvent.Blocked,
        "budget.reached" => WebhookEvent.Budget,
        "goal.done" => WebhookEvent.Reached,
        _ => null,
    };

    public static string Title(WebhookEvent what) => what switch
    {
        WebhookEvent.NeedsYou => "AgentOS needs you",
        WebhookEvent.Merged => "Merged",
        WebhookEvent.Blocked => "Blocked",
        WebhookEvent.Budget => "Budget reached",
        _ => "Goal reached",
    };
}
