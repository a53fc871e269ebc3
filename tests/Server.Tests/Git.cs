namespace AgentOS.Server.Tests;

internal static class Git
{
    public static async Task RunAsync(string folder, params string[] arguments) =>
        await CliWrap.Cli.Wrap("git").WithArguments(["-c", "user.name=Tester", "-c", "user.email=tester@example.org", "-C", folder, .. arguments]).ExecuteAsync();
}
