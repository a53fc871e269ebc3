using System.Text.Json;
using AgentOS.Activities.Planning;
using AgentOS.Kernel;
using AgentOS.Kernel.Goals;

namespace AgentOS.Activities.Tests.Planning;

public sealed class GoalRequestTests
{
    [Fact]
    public void A_posted_object_is_read_whether_it_comes_as_text_or_as_json()
    {
        const string posted = """{"goal": " Add a login ", "repository": " /shop ", "budget_usd": 2.5, "workers": 2, "priority": 3, "branch": "dev"}""";

        GoalWish[] read = [GoalRequest.Read(posted), GoalRequest.Read(JsonDocument.Parse(posted).RootElement)];

        foreach (var request in read)
        {
            (request.Title, request.Repository, request.BudgetUsd, request.Workers, request.Priority, request.Branch).ShouldBe(("Add a login", "/shop", 2.5m, 2, 3, "dev"));
            request.Description.ShouldBeNull();
            request.Id.ShouldNotBe(Guid.Empty);
        }
    }

    [Fact]
    public void A_long_goal_is_a_title_and_a_description()
    {
        var request = GoalRequest.Read(new { goal = $"{new string('x', 600)}\nAnd more.", repository = "/shop", description = "Said apart." });

        request.Title.Length.ShouldBe(500);
        request.Title.ShouldEndWith("…");
        request.Description!.ShouldContain("And more.");
        request.Description.ShouldEndWith("Said apart.");
    }

    [Theory]
    [InlineData("""{"repository": "/shop"}""", "goal is missing")]
    [InlineData("""{"goal": "  ", "repository": "/shop"}""", "goal is missing")]
    [InlineData("""{"goal": "Add a login"}""", "repository is missing")]
    [InlineData("""{"goal": "Add a login", "repository": "/shop", "budget_usd": -1}""", "budget_usd")]
    [InlineData("""{"goal": "Add a login", "repository": "/shop", "workers": 0}""", "workers")]
    [InlineData("""{"goal": 5, "repository": "/shop"}""", "not the JSON object")]
    [InlineData("nonsense", "not the JSON object")]
    [InlineData("null", "goal is missing")]
    [InlineData("[]", "not the JSON object")]
    public void What_cannot_be_used_says_what_is_wrong(string posted, string because) =>
        Should.Throw<AgentOSException>(() => GoalRequest.Read(posted)).Message.ShouldContain(because);

    [Fact]
    public void No_body_is_a_message_too() => Should.Throw<AgentOSException>(() => GoalRequest.Read(null)).Message.ShouldContain("goal is missing");
}
