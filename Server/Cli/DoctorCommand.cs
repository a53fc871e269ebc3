using System.CommandLine;
using AgentOS.Kernel.Health;
using AgentOS.Server.Hosting;
using Spectre.Console;

namespace AgentOS.Server.Cli;

/// <summary>doctor.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("doctor", "Check everything that AgentOS needs on this machine.") { json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = ServerSettings.FromEnvironment(parsed.GetValue(CommonOptions.Url));
            var findings = new List<Finding>();
            await foreach (var finding in new Diagnosis(settings).RunAsync(cancellation))
            {
                findings.Add(finding);
                if (!parsed.GetValue(json)) Print(finding);
            }

            var healthy = findings.All(finding => finding.Status != "failed");
            if (parsed.GetValue(json)) Output.Json(new { Ok = healthy, Checks = findings });
            return healthy ? ExitCode.Done : ExitCode.Failed;
        });
        return command.Example("agentos doctor", "agentos doctor --json");
    }

    public static void Print(Finding finding)
    {
        if (!Color.IsOn)
        {
            Console.WriteLine($"{finding.Status,-8} {finding.Name,-12} {Output.OneLine(finding.Detail)}");
            return;
        }

        var color = finding.Status switch { "ok" => "green", "warning" => "yellow", _ => "red" };
        AnsiConsole.MarkupLine($"[{color}]{finding.Status,-8}[/] {finding.Name,-12} {Markup.Escape(Output.OneLine(finding.Detail))}");
    }
}
