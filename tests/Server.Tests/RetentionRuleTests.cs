using AgentOS.Kernel;
using AgentOS.Server.Hosting;
using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests;

public class RetentionRuleTests
{
    [Fact]
    public void What_is_deleted_when_is_said_in_one_line()
    {
        RetentionRule.Parse("heartbeat/finished:12h, faulted:90d, my/flow/all:1d").ShouldBe(
            [new("heartbeat", "Finished", TimeSpan.FromHours(12)), new(null, "Faulted", TimeSpan.FromDays(90)), new("my/flow", null, TimeSpan.FromDays(1))]);
        RetentionRule.Parse("none").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("finished", "no age")]
    [InlineData("running:7d", "'running' is no ending")]
    [InlineData("finished:7", "hours (12h) or days (30d)")]
    [InlineData("finished:-7d", "hours (12h) or days (30d)")]
    [InlineData("finished:0d", "one hour is the least")]
    public void A_rule_that_cannot_be_meant_stops_the_start_and_says_how_it_is_written(string rule, string why) =>
        Should.Throw<AgentOSException>(() => RetentionRule.Parse(rule)).Message.ShouldSatisfyAllConditions(x => x.ShouldContain(why), x => x.ShouldContain("heartbeat/finished:7d"));
}
