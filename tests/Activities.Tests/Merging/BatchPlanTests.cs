using AgentOS.Activities.Merging;
using CsCheck;

namespace AgentOS.Activities.Tests.Merging;

public sealed class BatchPlanTests
{
    private static readonly Gen<(int Count, int Largest, int[] Bad)> Queues =
        Gen.Select(Gen.Int[0, 40], Gen.Int[1, 10], Gen.Int[0, 39].Array[0, 6]);

    /// <summary>Runs a plan against a rule of what passes on what has landed.</summary>
    private static (List<int> Landed, List<int> Rejected, int Tests) Run(int count, int largest, Func<List<int>, IReadOnlyList<int>, bool> passes)
    {
        var (landed, rejected, tests) = (new List<int>(), new List<int>(), 0);
        for (var plan = BatchPlan.Start([.. Enumerable.Range(0, count)], largest); !plan.IsDone;)
        {
            tests++.ShouldBeLessThan(1000);
            plan.Current.Count.ShouldBeInRange(1, largest);
            var step = plan.After(passes(landed, plan.Current));
            landed.AddRange(step.Landed);
            rejected.AddRange(step.Rejected);
            plan = step.Plan;
        }
        return (landed, rejected, tests);
    }

    [Fact]
    public void Every_good_head_lands_in_order_and_every_bad_one_goes_back() => Queues.Sample(queue =>
    {
        var bad = queue.Bad.ToHashSet();
        var run = Run(queue.Count, queue.Largest, (_, group) => !group.Any(bad.Contains));

        run.Landed.ShouldBe(Enumerable.Range(0, queue.Count).Where(head => !bad.Contains(head)));
        run.Rejected.ShouldBe(Enumerable.Range(0, queue.Count).Where(bad.Contains));
    });

    [Fact]
    public void Without_a_bad_head_each_batch_is_tested_once() => Queues.Sample(queue =>
        Run(queue.Count, queue.Largest, (_, _) => true).Tests.ShouldBe((queue.Count + queue.Largest - 1) / queue.Largest));

    [Fact]
    public void Few_bad_heads_cost_few_tests() => Queues.Sample(queue =>
    {
        var bad = queue.Bad.Where(head => head < queue.Count).ToHashSet();
        var batches = (queue.Count + queue.Largest - 1) / queue.Largest;
        Run(queue.Count, queue.Largest, (_, group) => !group.Any(bad.Contains)).Tests
            .ShouldBeLessThanOrEqualTo(batches + bad.Count * 2 * (int)Math.Ceiling(Math.Log2(queue.Largest) + 1));
    });

    [Fact]
    public void Of_two_heads_that_only_fail_together_the_first_lands() => Queues.Sample(queue =>
    {
        var pair = (First: 1, Second: 5);
        var run = Run(queue.Count, queue.Largest, (landed, group) => !landed.Concat(group).Intersect([pair.First, pair.Second]).Skip(1).Any());

        run.Rejected.ShouldBe(queue.Count > pair.Second ? [pair.Second] : []);
        run.Landed.Count.ShouldBe(queue.Count - run.Rejected.Count);
    });

    [Fact]
    public void A_head_that_cannot_be_merged_leaves_the_plan()
    {
        BatchPlan.Start([1, 2, 3], 2).Without(3).Groups.ShouldBe([[1, 2]]);
        BatchPlan.Start([1, 2, 3], 2).Without(1).Current.ShouldBe([2]);
    }
}
