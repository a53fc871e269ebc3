using AgentOS.Activities.Review;
using AgentOS.Activities.Review.Checks;

namespace AgentOS.Activities.Tests.Review;

public sealed class VerdictTextTests
{
    [Fact]
    public void A_verdict_is_its_feedback_and_a_line_for_each_finding() =>
        VerdictText.Of(" Not yet. ", [new("a.js", 3, "Rounds twice.", "error"), new("b.js", null, "No test.", "warning"), new(null, null, "Unclear name.", "note")])
            .ShouldBe("Not yet.\n- a.js:3: Rounds twice. (error)\n- b.js: No test. (warning)\n- Unclear name. (note)");

    [Fact]
    public void Without_findings_it_is_the_feedback() => VerdictText.Of("Fine.", []).ShouldBe("Fine.");
}

public sealed class CheckOutcomeTests
{
    private static readonly CheckPlan Plan = new(CheckSource.File, [], ["make test", "make more"], ["lint"]);

    private static CheckRun Run(string command, int exit, string log = "said", string? stoppedBy = null) => new(CheckKind.Test, command, exit, log, "", TimeSpan.FromSeconds(1), false, stoppedBy);

    [Fact]
    public void A_repository_without_checks_passes_without_an_exit_code() =>
        CheckOutcome.Of(new("c", "t", CheckPlan.None, [])).ShouldSatisfyAllConditions(o => o.Passed.ShouldBeTrue(), o => o.ExitCode.ShouldBeNull(), o => o.Tree.ShouldBe("t"));

    [Fact]
    public void All_that_passed_is_one_outcome_with_every_command_and_log()
    {
        var outcome = CheckOutcome.Of(new("c", "t", Plan, [Run("make test", 0), Run("lint", 0, "clean\n")]));

        (outcome.Passed, outcome.ExitCode, outcome.Command, outcome.Duration).ShouldBe((true, 0, "make test && lint", TimeSpan.FromSeconds(2)));
        outcome.Log.ShouldContain("$ make test\nsaid\n[exit code 0");
        outcome.Log.ShouldContain("$ lint\nclean\n[exit code 0");
    }

    [Fact]
    public void The_first_failure_names_the_outcome() =>
        CheckOutcome.Of(new("c", "t", Plan, [Run("make test", 2), Run("lint", 3)]))
            .ShouldSatisfyAllConditions(o => o.Passed.ShouldBeFalse(), o => o.ExitCode.ShouldBe(2), o => o.Command.ShouldBe("make test"));

    [Fact]
    public void A_command_that_a_limit_stopped_failed_whatever_it_returned() =>
        CheckOutcome.Of(new("c", "t", Plan, [Run("make test", 0, stoppedBy: "its time")])).ShouldSatisfyAllConditions(o => o.Passed.ShouldBeFalse(), o => o.ExitCode.ShouldBe(1));
}
