using AgentOS.Activities.Web;
using AgentOS.Kernel.Database;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AgentOS.Activities.Models.Sessions;

/// <summary>Puts a session's tools together: those of its purpose, those of every agent, those of MCP servers.</summary>
public sealed partial class SessionTools(FetchUrlTool fetch, McpServers servers, ILogger<SessionTools> log)
{
    public async Task<ToolSet> ForAsync(SessionPurpose purpose, SessionScope scope, CancellationToken cancellation)
    {
        var role = Words.Of(purpose.Role);
        var own = await purpose.ToolsAsync(scope, cancellation);
        return ToolSet.For(role, [.. own, fetch.AsFunction(), EndingTools.AskHuman], await AddedAsync(role, cancellation));
    }

    private async Task<IReadOnlyList<AIFunction>> AddedAsync(string role, CancellationToken cancellation)
    {
        try
        {
            var (added, warnings) = await servers.ToolsAsync(role, cancellation);
            foreach (var warning in warnings) ServerMissing(warning);
            return added;
        }
        catch (ModelConfigurationException)
        {
            return []; // whoever asks the model says what is wrong with the file
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private partial void ServerMissing(string warning);
}
