
namespace AgentOS.Activities.Tests;

public sealed class PromptTests
{
    [Fact]
    public void A_value_that_looks_like_a_placeholder_is_left_alone() =>
        Prompt.Load("Coding.feedback.md").Fill(("attempt", "2"), ("max_attempts", "3"), ("feedback", "{{attempt}}")).ShouldContain("{{attempt}}");

    [Fact]
    public void A_missing_value_names_prompt_and_placeholder() =>
        Should.Throw<ArgumentException>(() => Prompt.Load("Coding.feedback.md").Fill(("attempt", "2"))).Message.ShouldContain("max_attempts");
}
