using AgentOS.Activities.Coding;
using LibGit2Sharp;

namespace AgentOS.Activities.Tests.Coding;

public sealed class BranchNameTests
{
    private static readonly Guid Id = Guid.Parse("01a207f7-5d9f-7c00-a497-3d2e9437d0e6");

    [Theory]
    [InlineData("Percentage discounts", "agentos/9437d0e6-percentage-discounts")]
    [InlineData("Add: a/b..c~^ [x] {y}", "agentos/9437d0e6-add-a-b-c-x-y")]
    [InlineData("one two three four five six seven eight", "agentos/9437d0e6-one-two-three-four-five-six")]
    [InlineData("漢字", "agentos/9437d0e6")]
    [InlineData("../../HEAD.lock", "agentos/9437d0e6-head-lock")]
    public void Is_the_task_s_id_and_words_of_its_title(string title, string branch) => CodingService.BranchOf(Id, title).ShouldBe(branch);

    [Theory]
    [InlineData(" ")]
    [InlineData("-")]
    [InlineData("a.lock")]
    [InlineData("@{0}")]
    [InlineData("x\n\0y")]
    public void Is_one_that_git_allows_whatever_the_title(string title)
    {
        foreach (var name in (string[])[title, string.Concat(Enumerable.Repeat(title, 300)), new string('x', 500)])
            CodingService.BranchOf(Id, name).ShouldSatisfyAllConditions(b => Reference.IsValidName($"refs/heads/{b}").ShouldBeTrue(b), b => b.Length.ShouldBeLessThan(100));
    }
}
