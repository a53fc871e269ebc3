using System.CommandLine;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli;

/// <summary>token rotate.</summary>
internal static class TokenCommand
{
    public static Command Create() => new("token", "The owner's credential, in the file 'token' of the data folder.") { Rotate() };

    private static Command Rotate() => ApiCommand.Create("rotate", "Make a new token; the old one and every browser's session end.", [], [], (_, client, cancellation) =>
        client.PostAsync<SignedOut>("/api/token/rotate", null, cancellation),
        ended => Console.WriteLine($"The token is new. Browsers signed out: {ended.Browsers}. Sign in again: agentos dashboard"))
        .Example("agentos token rotate");
}
