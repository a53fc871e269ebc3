using AgentOS.Activities.Models.Sessions;

namespace AgentOS.Activities.Tests.Sessions;

public sealed class EndingToolsTests
{
    [Fact]
    public void Finish_carries_its_summary() => EndingTools.Decide("finish", """{"summary":" Added it. "}""").ShouldBe(new Ending.Finished("Added it."));

    [Fact]
    public void A_tool_that_does_work_is_no_ending() => EndingTools.Decide("write_file", "{}").ShouldBeNull();

    [Theory]
    [InlineData("finish", "{}", "summary")]
    [InlineData("finish", "[]", "summary")]
    [InlineData("ask_human", """{"question":7}""", "question")]
    [InlineData("report_blocked", """{"reason":" "}""", "reason")]
    [InlineData("submit_verdict", """{"feedback":"fine"}""", "approved")]
    [InlineData("submit_verdict", """{"approved":false,"feedback":""}""", "feedback")]
    [InlineData("submit_verdict", """{"approved":"perhaps"}""", "arguments")]
    [InlineData("finish", "{", "arguments")]
    public void What_cannot_be_used_is_refused_with_a_reason(string tool, string arguments, string says) =>
        EndingTools.Decide(tool, arguments).ShouldBeOfType<Ending.Refused>().Error.ShouldContain(says);

    [Fact]
    public void An_approval_with_an_error_among_its_findings_is_refused() =>
        EndingTools.Decide("submit_verdict", """{"approved":true,"feedback":"","findings":[{"message":"leaks","severity":"error"}]}""").ShouldBeOfType<Ending.Refused>();

    [Fact]
    public void A_rejection_keeps_its_findings()
    {
        var verdict = EndingTools.Decide("submit_verdict", """{"approved":false,"feedback":"Escape it.","findings":[{"file":"a.js","line":"3","message":"raw","severity":"error"}]}""")
            .ShouldBeOfType<Ending.Verdict>();
        verdict.Findings.ShouldHaveSingleItem().Line.ShouldBe(3);
    }

    [Fact]
    public void The_schemas_name_the_arguments_of_the_contract()
    {
        EndingTools.SubmitVerdict.JsonSchema.GetProperty("properties").EnumerateObject().Select(p => p.Name).ShouldBe(["approved", "feedback", "findings"]);
        EndingTools.SubmitVerdict.JsonSchema.GetProperty("required").EnumerateArray().Select(p => p.GetString()).ShouldBe(["approved", "feedback"]);
    }
}
