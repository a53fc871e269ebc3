using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Goals;
using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Goals;
using Xunit;

namespace AgentOS.Studio.Tests.Goals;

public sealed class PlanLayoutTests
{
    [Fact]
    public void A_task_stands_after_all_that_it_waits_for()
    {
        var (a, b, c, d) = (Part("a"), Part("b"), Part("c"), Part("d"));
        var plan = PlanLayout.Of([d, c, b, a], [new(b.Id, a.Id), new(c.Id, b.Id), new(d.Id, a.Id), new(d.Id, c.Id)]);

        var x = plan.Boxes.ToDictionary(box => box.Task.Title, box => box.X);
        x["a"].ShouldBe(0);
        x["b"].ShouldBeGreaterThan(x["a"]);
        x["c"].ShouldBeGreaterThan(x["b"]);
        x["d"].ShouldBeGreaterThan(x["c"], "the longest way counts");
        plan.Lines.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(60)]
    public void No_two_stand_in_one_place_and_none_is_lost(int count)
    {
        var tasks = Enumerable.Range(0, count).Select(i => Part($"{i}")).ToList();
        var random = new Random(count);
        var depends = Enumerable.Range(1, count - 1).SelectMany(i => Enumerable.Range(0, random.Next(3)).Select(_ => new GoalDependency(tasks[i].Id, tasks[random.Next(i)].Id))).Distinct().ToList();

        var plan = PlanLayout.Of(tasks, depends);

        plan.Boxes.Count.ShouldBe(count);
        plan.Boxes.Select(box => (box.X, box.Y)).Distinct().Count().ShouldBe(count);
        plan.Boxes.ShouldAllBe(box => box.X + PlanLayout.BoxWidth <= plan.Width && box.Y + PlanLayout.BoxHeight <= plan.Height);
    }

    [Fact]
    public void Many_that_wait_for_nothing_stand_in_several_columns()
    {
        var plan = PlanLayout.Of([.. Enumerable.Range(0, 60).Select(i => Part($"{i}"))], []);
        plan.Height.ShouldBeLessThan(1000);
        plan.Boxes.Select(box => box.X).Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public void What_depends_on_a_task_that_is_not_shown_is_drawn_without_it() =>
        PlanLayout.Of([Part("a")], [new(Guid.NewGuid(), Guid.NewGuid())]).Lines.ShouldBeEmpty();

    [Fact]
    public void Sessions_of_an_agent_at_the_same_time_stand_below_each_other()
    {
        var at = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var lanes = TimelineLanes.Of(Page(at.AddSeconds(100), Run("judge", at, 50), Run("judge", at.AddSeconds(20), 60), Run("judge", at.AddSeconds(50), 50), Run("coder", at.AddSeconds(90), null)));

        lanes.Lanes.Select(lane => (lane.Agent, lane.Rows.Count)).ShouldBe([("judge", 2), ("coder", 1)]);
        lanes.Lanes[0].Rows[0].Select(bar => (bar.Left, bar.Width)).ShouldBe([(0, 50), (50, 50)]);
        lanes.Lanes[1].Rows[0].ShouldHaveSingleItem().ShouldSatisfyAllConditions(bar => bar.Left.ShouldBe(90), bar => bar.Width.ShouldBe(10, "it runs until now"));
        lanes.Ticks.Count.ShouldBeInRange(3, 8);
    }

    private static GoalPart Part(string title) => new(Guid.CreateVersion7(), Guid.Empty, TaskKind.Code, title, TaskState.Inbox, null, 1, 3, null, 0, null, false, false);

    private static GoalSession Run(string agent, DateTimeOffset at, int? seconds) =>
        new(Guid.CreateVersion7(), Guid.Empty, "Task", TaskKind.Code, agent, AgentRole.Worker, "code", 1, seconds is null, null, null, 0, at, seconds is { } length ? at.AddSeconds(length) : null);

    private static GoalPage Page(DateTimeOffset now, params GoalSession[] sessions) => new(null!, null, null, [], [], sessions, [], now);
}
