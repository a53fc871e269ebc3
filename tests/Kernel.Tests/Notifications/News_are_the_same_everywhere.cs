using AgentOS.Kernel.Webhooks;

namespace AgentOS.Kernel.Tests.Notifications;

public sealed class News_are_the_same_everywhere : KernelTest
{
    [Fact]
    public async Task in_the_database_and_in_the_program()
    {
        await using var source = Database.CreateCommand("SELECT prosrc FROM pg_proc WHERE proname = 'webhook_event'");
        var told = System.Text.RegularExpressions.Regex.Matches((string)(await source.ExecuteScalarAsync(Token))!, "WHEN '([a-z._]+)' THEN '([a-z_]+)'");
        told.Count.ShouldBeGreaterThan(5);
        foreach (System.Text.RegularExpressions.Match one in told) News.Of(one.Groups[1].Value)?.Word().ShouldBe(one.Groups[2].Value, one.Groups[1].Value);
        told.Select(one => News.Of(one.Groups[1].Value)).ShouldNotContain((WebhookEvent?)null);
    }
}
