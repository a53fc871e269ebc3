using AgentOS.Activities.Heartbeat;
using AgentOS.Activities.Models;

namespace AgentOS.Activities.Tests.Heartbeat;

public sealed class TriageTests
{
    private static ModelReply Saying(string text) => new(text, null, [], "p/m", ModelUsage.None, 0, 1, TimeSpan.Zero);

    [Theory]
    [InlineData("retry", true)]
    [InlineData(" `Retry`.\n", true)]
    [InlineData("leave", false)]
    [InlineData("I would retry it, but a person should look.", false)]
    [InlineData("", false)]
    public void Only_a_plain_yes_gives_another_chance(string answer, bool again) => Triage.WantsRetry(Saying(answer)).ShouldBe(again);

    [Fact]
    public void A_model_that_cannot_be_asked_leaves_it_to_a_person() =>
        Triage.WantsRetry(new ModelFailure(ModelFailureKind.Unavailable, "not reachable")).ShouldBeFalse();
}
