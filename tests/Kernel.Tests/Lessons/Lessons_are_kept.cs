using AgentOS.Kernel.Lessons;

namespace AgentOS.Kernel.Tests.Lessons;

public sealed class Lessons_are_kept : KernelTest
{
    [Fact]
    public async Task found_by_their_words_changed_retired_and_told_again()
    {
        var (shop, tools) = (await Repositories.EnsureAsync("/r/shop", "shop", "main", cancellation: Token), await Repositories.EnsureAsync("/r/tools", "tools", "main", cancellation: Token));
        await Lessons.AddAsync(shop.Id, LessonSource.Verdict, "Round half to even.", cancellation: Token);
        await Lessons.AddAsync(shop.Id, LessonSource.Person, "Prices are in cents.", cancellation: Token);
        await Lessons.AddAsync(tools.Id, LessonSource.Person, "Prices are in cents.", cancellation: Token);

        (await WordsAsync(new() { Text = "CENTS" })).Count.ShouldBe(2);
        var cents = (await Lessons.ListAsync(new() { Text = "cents", RepositoryId = shop.Id }, Token)).ShouldHaveSingleItem();
        (cents.RepositoryName, cents.ChangedAt).ShouldBe(("shop", null));
        await Should.ThrowAsync<RefusedException>(() => Lessons.ChangeAsync(cents.Id, "Round half to even.", null, Token));
        (await Lessons.ChangeAsync(cents.Id, "Prices are whole cents.", null, Token)).ChangedAt.ShouldNotBeNull();

        await Lessons.RetireAsync(cents.Id, Token);
        (await WordsAsync(new() { RepositoryId = shop.Id })).ShouldBe(["Round half to even."]);
        await Lessons.AddAsync(shop.Id, LessonSource.Checks, "Prices are whole cents.", cancellation: Token);
        (await WordsAsync(new() { RepositoryId = shop.Id })).ShouldBe(["Round half to even."], "what a person retired is not learnt again");
        await Lessons.ChangeAsync(cents.Id, null, false, Token);
        (await WordsAsync(new() { RepositoryId = shop.Id })).ShouldBe(["Prices are whole cents.", "Round half to even."]);
        (await Log.LookBackAsync(new(), cancellation: Token)).Entries.Select(entry => entry.EventType).ShouldContain("lesson.retired");
        await Should.ThrowAsync<NotFoundException>(() => Lessons.RetireAsync(Guid.NewGuid(), Token));
    }

    private async Task<List<string>> WordsAsync(LessonFilter filter) => [.. (await Lessons.ListAsync(filter, Token)).Select(lesson => lesson.Content)];
}
