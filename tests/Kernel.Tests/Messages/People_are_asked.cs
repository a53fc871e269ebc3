using AgentOS.Kernel.Messages;

namespace AgentOS.Kernel.Tests.Messages;

public sealed class People_are_asked : KernelTest
{
    [Fact]
    public async Task once_for_each_step_and_answered_once()
    {
        var task = await TaskAsync();
        var asked = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Messages.SendAsync(new(MessageType.Question, "Round up?") { TaskId = task.Id, StepKey = "step" }, Token)));
        var question = asked.Select(message => message.Id).Distinct().ShouldHaveSingleItem();
        (await Messages.OpenQuestionsAsync(task.Id, cancellation: Token)).ShouldHaveSingleItem();
        var answer = await Messages.AnswerAsync(question, "Yes", cancellation: Token);
        (await Messages.AnswerAsync(question, "Yes", cancellation: Token)).Id.ShouldBe(answer.Id);
        await Should.ThrowAsync<RefusedException>(() => Messages.AnswerAsync(question, "No", cancellation: Token));
        (await Messages.OpenQuestionsAsync(task.Id, cancellation: Token)).ShouldBeEmpty();
        (await Messages.AnswerToAsync(question, Token))!.Content.ShouldBe("Yes");
        (await EventsAsync(task.Id)).ShouldBe(["task.created", "message.question", "message.answer"]);
    }

    [Fact]
    public async Task and_only_questions_are_answered()
    {
        var comment = await Messages.SendAsync(new(MessageType.Comment, "zero \0 byte"), Token);
        comment.Content.ShouldBe("zero \uFFFD byte");
        await Should.ThrowAsync<RefusedException>(() => Messages.AnswerAsync(comment.Id, "?", cancellation: Token));
    }
}
