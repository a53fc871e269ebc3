using System.CommandLine;
using System.Diagnostics;
using AgentOS.Server.Api;
using AgentOS.Server.Hosting.Access;

namespace AgentOS.Server.Cli;

/// <summary>dashboard; dashboard list, revoke: browsers that are signed in.</summary>
internal static class DashboardCommands
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var open = new Option<bool>("--open") { Description = "Open it in this machine's browser too." };
        var command = new Command("dashboard", "Print a link that opens the dashboard in a browser, once.") { json, open, List(), Revoke() };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ApiClient.Connect(parsed.GetValue(CommonOptions.Url));
            var link = await client.PostAsync<OpenLink>("/api/links", null, cancellation);
            if (parsed.GetValue(json)) Output.Json(link);
            else Console.WriteLine($"{link.Url}\nThe link works once, until {link.Expires.ToLocalTime():HH:mm}.");
            if (parsed.GetValue(open) && !TryOpen(link.Url)) Console.Error.WriteLine("agentos: There is no browser to be opened on this machine; use the link.");
            return ExitCode.Done;
        });
        return command.Example("agentos dashboard --open", "agentos dashboard list", "agentos dashboard revoke --all");
    }

    private static Command List() => ApiCommand.Create("list", "List the browsers that are signed in.", [], [], (_, client, cancellation) =>
        client.GetAsync<List<SignedIn>>("/api/browsers", cancellation), browsers => Output.Table(["id", "browser", "from", "signed in", "last seen"],
            [.. browsers.Select(one => (string[])[$"{one.Id}", one.UserAgent ?? "", one.Address ?? "", Output.Ago(one.CreatedAt), Output.Ago(one.LastSeenAt)])], "No browser is signed in. Sign in: agentos dashboard"))
        .Example("agentos dashboard list");

    private static Command Revoke()
    {
        var id = new Argument<Guid?>("id") { Description = "Of the browser's session (agentos dashboard list).", Arity = ArgumentArity.ZeroOrOne }.CompletesBrowsers();
        var all = new Option<bool>("--all") { Description = "All of them." };
        var command = ApiCommand.Create("revoke", "Sign a browser out, at once.", [id], [all], async (parsed, client, cancellation) =>
        {
            if (parsed.GetValue(all)) return await client.DeleteAsync<SignedOut>("/api/browsers", cancellation);
            await client.DeleteAsync($"/api/browsers/{parsed.GetValue(id)}", cancellation);
            return new SignedOut(1);
        }, ended => Console.WriteLine($"Signed out: {ended.Browsers}."));
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(id) is not null) result.AddError("Give the id of a session, or --all.");
        });
        return command.Example("agentos dashboard revoke 0197d1f2-0000-7000-8000-000000000000", "agentos dashboard revoke --all");
    }

    private static bool TryOpen(string url)
    {
        var (program, arguments) = OperatingSystem.IsMacOS() ? ("open", [url]) : OperatingSystem.IsWindows() ? ("explorer", (string[])[url]) : ("xdg-open", [url]);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
            return process is not null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
