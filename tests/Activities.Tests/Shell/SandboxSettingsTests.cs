using System.Text.Json;
using AgentOS.Activities.Shell;

namespace AgentOS.Activities.Tests.Shell;

public sealed class SandboxSettingsTests
{
    private static SandboxSettings Read(string json) => SandboxSettings.Read(JsonDocument.Parse(json).RootElement);

    [Fact]
    public void What_is_left_out_keeps_its_default() => Read("{}").ToPolicy().ShouldBeEquivalentTo(SandboxPolicy.Default with { ReadOnlyPaths = [], WritablePaths = [], Environment = new Dictionary<string, string>() });

    [Fact]
    public void What_the_owner_allows_becomes_the_policy()
    {
        var policy = Read("""{"network": "setup", "folders": {"read": ["/opt/sdk"]}, "environment": {"CI": "1"}, "limits": {"time_seconds": 7, "memory_mb": 64}}""").ToPolicy();

        policy.Network.ShouldBe(NetworkAccess.Setup);
        policy.ReadOnlyPaths.ShouldBe(["/opt/sdk"]);
        policy.Environment["CI"].ShouldBe("1");
        (policy.Limits.Time, policy.Limits.Memory, policy.Limits.Processes).ShouldBe((TimeSpan.FromSeconds(7), 64L << 20, SandboxPolicy.Default.Limits.Processes));
    }

    [Fact]
    public void What_is_written_is_read_again() =>
        Read(Read("""{"network": "always", "limits": {"disk_mb": 5}}""").Write()).Limits!.DiskMb.ShouldBe(5);

    [Theory]
    [InlineData("""{"network": "yes"}""", "network")]
    [InlineData("""{"network": 2}""", "network")]
    [InlineData("""{"netwrk": "none"}""", "netwrk")]
    [InlineData("""{"folders": {"write": ["relative"]}}""", "relative")]
    [InlineData("""{"environment": {"1A": "x"}}""", "1A")]
    [InlineData("""{"limits": {"time_seconds": 0}}""", "time_seconds")]
    [InlineData("[]", "cannot be read")]
    public void What_cannot_be_says_so(string json, string word) => Should.Throw<SandboxSettingsException>(() => Read(json)).Message.ShouldContain(word);
}
