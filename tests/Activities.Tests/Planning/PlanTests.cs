using AgentOS.Activities.Planning;

namespace AgentOS.Activities.Tests.Planning;

public sealed class PlanTests
{
    private static readonly HashSet<string> None = [];

    private static PlannedTask Task(string key, params string[] dependsOn) => new(key, $"Title of {key}", "What must be true.", "code", dependsOn, 0, []);

    [Fact]
    public void A_plan_with_dependencies_on_its_own_and_earlier_keys_is_accepted() =>
        Plan.Problems([Task("a"), Task("b", "a", "earlier")], new HashSet<string> { "earlier" }, mayNest: true).ShouldBeEmpty();

    [Fact]
    public void An_empty_plan_is_a_problem() => Plan.Problems([], None, true).ShouldHaveSingleItem().ShouldContain("empty");

    [Fact]
    public void A_cycle_is_named_by_its_keys() =>
        Plan.Problems([Task("a", "c"), Task("b", "a"), Task("c", "b")], None, true).ShouldHaveSingleItem().ShouldContain("a → c → b → a");

    [Fact]
    public void A_task_that_depends_on_itself_is_a_cycle() =>
        Plan.Problems([Task("a", "a")], None, true).ShouldHaveSingleItem().ShouldContain("cycle");

    [Theory]
    [InlineData("", "Title", "Description", "code", "without a key")]
    [InlineData("a", " ", "Description", "code", "no title")]
    [InlineData("a", "Title", "", "code", "no description")]
    [InlineData("a", "Title", "Description", "epic", "'code' or 'goal'")]
    [InlineData("a", "Title", "Description", "goal", "nested deeper")]
    public void Each_mistake_is_named(string key, string title, string description, string kind, string says) =>
        Plan.Problems([new(key, title, description, kind, [], 0, [])], None, mayNest: false).ShouldContain(p => p.Contains(says));

    [Fact]
    public void Doubled_keys_and_unknown_dependencies_are_told_together() =>
        Plan.Problems([Task("a"), Task("a", "x")], None, true).Count.ShouldBe(2);
}
