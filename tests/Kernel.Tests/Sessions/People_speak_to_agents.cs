using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Sessions;

namespace AgentOS.Kernel.Tests.Sessions;

public sealed class People_speak_to_agents : KernelTest
{
    [Fact]
    public async Task and_each_session_of_the_task_is_told_each_word_once()
    {
        await TeamAsync();
        var task = await ClaimedAsync(await TaskAsync());
        var session = await Sessions.OpenAsync(new(AgentRole.Worker, "code", task.Id) { AgentId = task.AssigneeId }, Token);
        var word = await Messages.SendAsync(new(MessageType.Comment, "use spaces") { TaskId = task.Id, File = "src/a.cs", Line = 3, CommitSha = Sha(1) }, Token);
        await Messages.SendAsync(new(MessageType.Comment, "an agent's") { TaskId = task.Id, FromAgentId = task.AssigneeId }, Token);
        var reviewer = (await Agents.ListAsync(AgentRole.Reviewer, Token))[0];
        await Messages.SendAsync(new(MessageType.Comment, "for the judge") { TaskId = task.Id, ToAgentId = reviewer.Id }, Token);

        var words = (await Sessions.PlaceAsync(session.Id, Token)).Words;
        words.ShouldHaveSingleItem().ShouldBe(word);
        (words[0].File, words[0].Line, words[0].CommitSha).ShouldBe(("src/a.cs", 3, Sha(1)));
        (await Sessions.TellAsync(session.Id, 1, NewEntry.Of("user", new { text = "hint" }), words, Token)).ShouldBeNull("the transcript is not that long");
        (await Sessions.TellAsync(session.Id, 0, NewEntry.Of("user", new { text = "hint" }), words, Token)).ShouldBe(1);

        var place = await Sessions.PlaceAsync(session.Id, Token);
        place.Words.ShouldBeEmpty();
        place.Entries.ShouldHaveSingleItem().Kind.ShouldBe("user");
        (await Sessions.ToldAsync(task.Id, Token)).ShouldBe([new ToldWord(word.Id, session.Id, 0)]);
        (await Messages.FindAsync(word.Id, Token))!.Read.ShouldBeTrue();
        var judging = await Sessions.OpenAsync(new(AgentRole.Reviewer, "review", task.Id) { AgentId = reviewer.Id }, Token);
        (await Sessions.PlaceAsync(judging.Id, Token)).Words.Select(one => one.Content).ShouldBe(["use spaces", "for the judge"]);
    }
}
