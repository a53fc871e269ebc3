using System.Text.Json;
using System.Text.Json.Serialization;
using AgentOS.Kernel;

namespace AgentOS.Activities.Planning;

/// <summary>What is posted to <c>/workflows/goals</c>.</summary>
public sealed record GoalRequest(Guid Id, string Title, string? Description, string Repository, string? Branch, decimal? BudgetUsd, int? Workers, int Priority)
{
    private const int LongestTitle = 500;

    private sealed record Posted(
        Guid? Id, string? Goal, string? Description, string? Repository, string? Branch,
        [property: JsonPropertyName("budget_usd")] decimal? BudgetUsd, int? Workers, int? Priority);

    /// <summary>Reads and checks a posted object. A long goal becomes a title (its first line) and a description.</summary>
    /// <exception cref="AgentOSException">It cannot be used; the message says why.</exception>
    public static GoalRequest Read(object? body)
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
        if (string.IsNullOrWhiteSpace(posted.Repository)) throw new AgentOSException("The repository is missing: give its path, or its name as 'agentos repo list' shows it.");
        if (posted.BudgetUsd < 0) throw new AgentOSException("budget_usd must not be negative.");
        if (posted.Workers < 1) throw new AgentOSException("workers must be at least 1.");
        var goal = posted.Goal.Trim();
        var line = goal.Split('\n')[0].Trim();
        var title = line.Length <= LongestTitle ? line : line[..(LongestTitle - 1)] + "…";
        var description = string.Join("\n\n", new[] { goal == title ? null : goal, posted.Description?.Trim() }.Where(t => !string.IsNullOrEmpty(t)));
        return new(posted.Id ?? Guid.CreateVersion7(), title, description.Length == 0 ? null : description, posted.Repository.Trim(), posted.Branch, posted.BudgetUsd, posted.Workers, posted.Priority ?? 0);
    }
}
