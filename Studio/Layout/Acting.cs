using AgentOS.Kernel;
using Microsoft.Extensions.Logging;

namespace AgentOS.Studio.Layout;

/// <summary>
/// How a page acts: it calls the kernel's store, which decides in one transaction. What the page shows changes by the notification of that transaction, as for
/// everyone else who looks at it; what was refused is said with the kernel's own sentence.
/// </summary>
public sealed class Acting(Notices notices, ILogger<Acting> log)
{
    /// <param name="act">Calls a store.</param>
    /// <param name="done">What to say when it is done; null says nothing, where the page itself shows it.</param>
    /// <returns>Whether it was done.</returns>
    public async Task<bool> TryAsync(Func<Task> act, string? done = null)
    {
        try
        {
            await act();
            if (done is not null) notices.Say(done);
            return true;
        }
        catch (AgentOSException refused)
        {
            Say(refused.Message);
            return false;
        }
        catch (Exception error) when (error is Npgsql.NpgsqlException or TimeoutException)
        {
            log.LogWarning(error, "An action of a page could not be done");
            Say("The database did not answer, so nothing was done. Try again in a moment.");
            return false;
        }
    }

    /// <summary>Says why something is not done.</summary>
    public void Say(string reason) => notices.Say(reason, isRefusal: true);
}
