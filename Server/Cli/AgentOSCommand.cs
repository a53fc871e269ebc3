using System.CommandLine;
using System.CommandLine.Invocation;
using AgentOS.Kernel;

namespace AgentOS.Server.Cli;

/// <summary>The <c>agentos</c> command: a file beside this one for each group of verbs.</summary>
internal static class AgentOSCommand
{
    public static RootCommand Create()
    {
        var root = new RootCommand("AgentOS develops software by itself: give it a goal for a git repository.")
        {
            ServerCommands.Start(),
            ServerCommands.Stop(),
            GoalCommand.Create(),
            TaskCommands.Create(),
            AgentCommands.Create(),
            RepositoryCommands.Create(),
            Workflows.WorkflowCommands.Create(),
            SessionCommands.Create(),
            LogCommand.Create(),
            Top.TopCommand.Create(),
            CostCommand.Create(),
            LessonCommands.Create(),
            ScheduleCommands.Create(),
            ModelCommands.Create(),
            NotifyCommands.Create(),
            DashboardCommands.Create(),
            Demo.DemoCommand.Create(),
            Bench.BenchCommand.Create(),
            StatusCommand.Create(),
            DoctorCommand.Create(),
            ConfigurationCommand.Create(),
            TokenCommand.Create(),
            CompletionCommand.Create(),
            PostgresCommand.Create(),
        };
        root.Options.Add(CommonOptions.Url);
        root.Options.Add(CommonOptions.NoColor);
        Help.AddExamples(root);
        return root;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [] or ["help", ..]) args = [.. args.Skip(1), "--help"];
        var command = Create().Parse(args);
        if (command.Action is ParseErrorAction)
        {
            foreach (var error in command.Errors) Console.Error.WriteLine($"agentos: {error.Message}");
            Console.Error.WriteLine($"See: {NameOf(command.CommandResult.Command)} --help");
            return ExitCode.WrongUsage;
        }

        Color.Set(off: command.GetValue(CommonOptions.NoColor));
        try
        {
            // Signals are the host's: it stops in order, which takes longer than the parser would wait.
            return await command.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (ServerUnreachableException error)
        {
            Console.Error.WriteLine($"agentos: {error.Message}");
            return ExitCode.Unreachable;
        }
        catch (AgentOSException error)
        {
            Console.Error.WriteLine($"agentos: {error.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
    }

    private static string NameOf(Command command) =>
        command is RootCommand ? "agentos" : $"{NameOf((Command)command.Parents.First())} {command.Name}";
}

internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int Unreachable = 3;
}
