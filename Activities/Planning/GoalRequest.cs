using System.Text.Json;
using System.Text.Json.Serialization;
using AgentOS.Kernel;
using AgentOS.Kernel.Goals;

namespace AgentOS.Activities.Planning;

/// <summary>What is posted to <c>/workflows/goals</c>.</summary>
public static class GoalRequest
{
    private sealed record Posted(
        Guid? Id, string? Goal, string? Description, string? Repository, string? Branch,
        [property: JsonPropertyName("budget_usd")] decimal? BudgetUsd, int? Workers, int? Priority, Dictionary<string, string>? Models);

    /// <summary>Reads and checks a posted object.</summary>
    /// <exception cref="AgentOSException">It cannot be used; the message says why.</exception>
    public static GoalWish Read(object? body)
    {
        Posted? posted;
        try
        {
            posted = (body is string text ? JsonSerializer.Deserialize<Posted>(text, JsonSerializerOptions.Web) : JsonSerializer.SerializeToElement(body).Deserialize<Posted>(JsonSerializerOptions.Web));
        }
        catch (JsonException error)
        {
            throw new AgentOSException($"The body is not the JSON object that is wanted ({error.Message.Split('\n')[0]}). Post {{\"goal\": \"…\", \"repository\": \"/path\"}}.", error);
        }

        if (string.IsNullOrWhiteSpace(posted?.Goal)) throw new AgentOSException("The goal is missing. Post {\"goal\": \"…\", \"repository\": \"/path\"}.");
        if (string.IsNullOrWhiteSpace(posted.Repository)) throw new AgentOSException("The repository is missing: give its path or URL, or its name as 'agentos repo list' shows it.");
        if (posted.BudgetUsd < 0) throw new AgentOSException("budget_usd must not be negative.");
        if (posted.Workers < 1) throw new AgentOSException("workers must be at least 1.");
        var (title, description) = GoalWish.Split(posted.Goal, posted.Description);
        return new(title, description, posted.Repository.Trim(), posted.BudgetUsd, posted.Workers, posted.Priority ?? 0, posted.Branch, posted.Models) { Id = posted.Id ?? Guid.CreateVersion7() };
    }
}
