namespace AgentOS.Engine.Tests.Semantics.Corpus;

/// <summary>Small workflows driven over HTTP, with what the recorded engine was seen to do: answers, journal, executions, bookmarks, variables, incidents.</summary>
public sealed class CorpusTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>
{
    /// <summary>Where the recorded engine loses data or work. Our expectation is the file of that name in <c>Better</c>.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Better = new Dictionary<string, string>
    {
        ["072-for-no-body"] = "A For without a body never ends there, and with it the workflow and whoever waits for it. Here it completes.",
        ["085-fork-waitany"] = "Branches that the Fork has given up go on there, and a bookmark of one keeps the completed workflow suspended for ever. Here what is given up is cancelled.",
        ["104-complete-in-nested-sequence"] = "Complete below a flowchart faults the workflow there, and the rest of its work is lost. Here it completes the workflow.",
        ["105-complete-in-nested-flowchart"] = "As 104: Complete in a flowchart in a flowchart.",
        ["131-var-set-null"] = "A variable set to null has its old value again after a suspension there. Here null is kept.",
        ["141-var-execute-variables"] = "Variables given with the start hide all variables of the instance from the API there. Here they are shown.",
        ["214-http-bodies-other"] = "A body that is no JSON leaves an instance there that waits for nothing, for ever. Here it faults with the reason.",
        ["219-http-status-as-json-number"] = "A status given as a JSON number becomes an HTTP answer with status 0 there, which no client can read. Here it is that status.",
        ["246-execute-wait-child-suspends"] = "The result of a child that was suspended is lost to the parent's variables there. Here the parent gets it as from one that was not.",
        ["289-run-asynchronously-task"] = "What waits for a background task faults there when it goes on. Here it completes.",
        ["317-parallelforeach-nested-body-value"] = "Below the first level of a branch, every branch sees the last item there, and the others are never worked on. Here each branch sees its own.",
    };

    public static TheoryData<string> Matched => [.. CorpusCase.Names.Where(name => !Better.ContainsKey(name))];
    public static TheoryData<string> Bettered => [.. Better.Keys];

    [Theory]
    [MemberData(nameof(Matched))]
    public async Task A_workflow_does_what_the_recorded_engine_did(string name) => (await corpus.DifferencesAsync(name)).ShouldBeEmpty(name);

    [Theory]
    [MemberData(nameof(Bettered))]
    public async Task Where_the_recorded_engine_loses_data_or_work_ours_does_not(string name)
    {
        (await corpus.DifferencesAsync(name)).ShouldBeEmpty(name);
        // What has become equal belongs in the other list.
        Difference.Between(CorpusCase.Recorded(name), CorpusCase.Load(name, better: true).Expect).ShouldNotBeEmpty();
    }
}
