using System.CommandLine;
using AgentOS.Kernel;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli;

/// <summary>task create, list, show, assign, cancel, edit, retry, answer, questions; what people decide is in <see cref="DecisionCommands"/>.</summary>
internal static class TaskCommands
{
    public static Command Create()
    {
        var command = new Command("task", "Tasks, and the questions that agents ask.") { Make(), List(), Show(), AssignTo(), Cancel(), Edit(), Retry(), Questions(), Answer() };
        foreach (var decision in DecisionCommands.All()) command.Subcommands.Add(decision);
        return command;
    }

    private static Command Make()
    {
        var title = new Argument<string>("title") { Description = "What is to be done, in one line." };
        var description = new Option<string?>("--description", "-d") { Description = "What must be true when it is done." };
        var repository = new Option<string?>("--repo") { Description = "Path or name of the repository." }.CompletesRepositories();
        var assign = new Option<string?>("--assign") { Description = "An agent, or a role for whoever is free." }.CompletesAgents();
        var priority = new Option<int?>("--priority") { Description = "The higher, the sooner (default 0)." };
        var budget = new Option<decimal?>("--budget") { Description = "US dollars that its model calls may cost." };
        var parent = new Option<string?>("--goal") { Description = "The goal that it is part of." }.CompletesTasks(goals: true);
        var after = new Option<string[]>("--after") { Description = "Tasks that come first.", AllowMultipleArgumentsPerToken = true };
        return Call("create", "Make a task.", [title], [description, repository, assign, priority, budget, parent, after], async (parsed, client, cancellation) =>
            await client.PostAsync<AgentTask>("/api/tasks", new CreateTask(
                parsed.GetRequiredValue(title), parsed.GetValue(description), RepositoryCommands.Named(parsed.GetValue(repository)), parsed.GetValue(parent),
                parsed.GetValue(assign), parsed.GetValue(priority), parsed.GetValue(budget), null, parsed.GetValue(after), null, Guid.CreateVersion7()), cancellation),
            task => Console.WriteLine($"Task {Short(task.Id)} is made: {Output.OneLine(task.Title)}"))
            .Example("agentos task create \"Round prices to cents\" --repo my-project --priority 5", "agentos task create \"Write the report\" --goal 0197d1f2 --after 0197d1f3");
    }

    private static Command List()
    {
        var status = new Option<string?>("--status") { Description = string.Join(", ", Words.All<TaskState>()) };
        var kind = new Option<string?>("--kind") { Description = "goal or code." };
        var repository = new Option<string?>("--repo") { Description = "Path or name of the repository." }.CompletesRepositories();
        var assignee = new Option<string?>("--agent") { Description = "Who has it." }.CompletesAgents();
        var goal = new Option<string?>("--goal") { Description = "Only the tasks of this goal." }.CompletesTasks(goals: true);
        return Call("list", "List tasks and goals.", [], [status, kind, repository, assignee, goal], (parsed, client, cancellation) => client.GetAsync<List<AgentTask>>(
            "/api/tasks" + Query.Of(("status", parsed.GetValue(status)), ("kind", parsed.GetValue(kind)), ("repository", RepositoryCommands.Named(parsed.GetValue(repository))),
                ("assignee", parsed.GetValue(assignee)), ("parent", parsed.GetValue(goal))), cancellation), Print)
            .Example("agentos task list --status blocked", "agentos task list --goal 0197d1f2 --json");
    }

    private static Command Show()
    {
        var id = Id();
        return Call("show", "Show a task.", [id], [], (parsed, client, cancellation) =>
            client.GetAsync<TaskDetails>($"/api/tasks/{Query.Escape(parsed.GetRequiredValue(id))}", cancellation), Print)
            .Example("agentos task show 0197d1f2");
    }

    private static Command AssignTo()
    {
        var id = Id();
        var agent = new Argument<string?>("agent") { Description = "Name of an agent; nothing: whoever is free.", Arity = ArgumentArity.ZeroOrOne }.CompletesAgents();
        return Call("assign", "Give a task to an agent.", [id, agent], [], (parsed, client, cancellation) =>
            client.PostAsync<AgentTask>($"/api/tasks/{Query.Escape(parsed.GetRequiredValue(id))}/assign", new Assign(parsed.GetValue(agent)), cancellation),
            task => Console.WriteLine($"{Short(task.Id)} is {task.Status.Word()}."))
            .Example("agentos task assign 0197d1f2 worker-1");
    }

    private static Command Cancel()
    {
        var id = Id();
        var reason = new Option<string?>("--reason") { Description = "Why; goes into the log." };
        return Call("cancel", "Cancel a task or goal, with everything below it.", [id], [reason], (parsed, client, cancellation) =>
            client.PostAsync<TaskIds>($"/api/tasks/{Query.Escape(parsed.GetRequiredValue(id))}/cancel", new Reason(parsed.GetValue(reason)), cancellation),
            ended => Console.WriteLine(ended.Tasks.Count == 1 ? "Cancelled." : $"Cancelled, with {ended.Tasks.Count - 1} below it."))
            .Example("agentos task cancel 0197d1f2 --reason \"Not needed any more.\"");
    }

    private static Command Edit()
    {
        var id = Id();
        var title = new Option<string?>("--title") { Description = "Another title." };
        var description = new Option<string?>("--description", "-d") { Description = "Another description." };
        var priority = new Option<int?>("--priority") { Description = "Higher is more urgent." };
        var budget = new Option<decimal?>("--budget") { Description = "US dollars that its model calls may cost, those so far included." };
        return Call("edit", "Change a task or goal that has not ended.", [id], [title, description, priority, budget], (parsed, client, cancellation) =>
            client.PatchAsync<AgentTask>($"/api/tasks/{Query.Escape(parsed.GetRequiredValue(id))}",
                new EditTask(parsed.GetValue(title), parsed.GetValue(description), parsed.GetValue(priority), parsed.GetValue(budget)), cancellation),
            task => Console.WriteLine($"{Short(task.Id)} is changed."))
            .Example("agentos task edit 0197d1f2 --priority 10 --budget 2.50");
    }

    private static Command Retry()
    {
        var id = Id();
        var more = new Option<int?>("--attempts") { Description = "How many more attempts it gets (default 3)." };
        return Call("retry", "Give a blocked task another chance.", [id], [more], (parsed, client, cancellation) =>
            client.PostAsync<AgentTask>($"/api/tasks/{Query.Escape(parsed.GetRequiredValue(id))}/retry", new Retry(parsed.GetValue(more)), cancellation),
            task => Console.WriteLine($"{Short(task.Id)} is {task.Status.Word()}, attempt {task.Attempt} of {task.MaxAttempts}."))
            .Example("agentos task retry 0197d1f2 --attempts 2");
    }

    private static Command Questions() => Call("questions", "List the questions that wait for an answer.", [], [], (_, client, cancellation) =>
        client.GetAsync<List<Message>>("/api/questions", cancellation), questions => Output.Table(
            ["task", "question", "asked"], [.. questions.Select(question => (string[])[question.TaskId is { } task ? Short(task) : "", question.Content, Output.Ago(question.CreatedAt)])],
            "No question is open."))
        .Example("agentos task questions");

    private static Command Answer()
    {
        var id = Id();
        var text = new Argument<string>("answer") { Description = "What to tell the agent." };
        return Call("answer", "Answer the oldest open question of a task.", [id, text], [], async (parsed, client, cancellation) =>
        {
            var task = parsed.GetRequiredValue(id);
            var open = await client.GetAsync<List<Message>>("/api/questions" + Query.Of(("task", task)), cancellation);
            if (open.Count == 0) throw new AgentOSException($"No question of task {task} is open. See: agentos task questions");
            return await client.PostAsync<Message>($"/api/questions/{open[0].Id}/answer", new Answer(parsed.GetRequiredValue(text)), cancellation);
        }, _ => Console.WriteLine("Answered; the agent goes on."))
            .Example("agentos task answer 0197d1f2 \"Use the blue one.\"");
    }

    internal static Argument<string> Id() => new Argument<string>("id") { Description = "Of the task; its first letters will do." }.CompletesTasks();

    internal static void Print(List<AgentTask> tasks) => Output.Table(
        ["id", "kind", "status", "title", "attempt", "cost", "updated"],
        [.. tasks.Select(task => (string[])[Short(task.Id), task.Kind.Word(), task.Status.Word(), task.Title, $"{task.Attempt}/{task.MaxAttempts}", Output.Money(task.SpentUsd), Output.Ago(task.UpdatedAt)])],
        "There are no such tasks.");

    private static void Print(TaskDetails details)
    {
        var task = details.Task;
        Output.Facts(
            ("id", task.Id.ToString()), ("title", task.Title), ("kind", task.Kind.Word()), ("status", task.Status.Word()), ("attempt", $"{task.Attempt} of {task.MaxAttempts}"),
            ("branch", task.BranchName), ("merged", task.MergedSha), ("cost", task.BudgetUsd is { } budget ? $"{Output.Money(task.SpentUsd)} of {Output.Money(budget)}" : Output.Money(task.SpentUsd)),
            ("created", Output.Ago(task.CreatedAt)), ("result", task.Result), ("error", task.Error));
        if (task.Description is { } description) Console.WriteLine($"\n{Output.Lines(description)}");
        foreach (var question in details.OpenQuestions) Console.WriteLine($"\nIt asks: {Output.Lines(question.Content)}\n  Answer: agentos task answer {Short(task.Id)} \"…\"");
        if (details.Children.Count == 0) return;
        Console.WriteLine();
        Print([.. details.Children]);
    }

    // Ids begin with their time: thirteen characters tell those of one millisecond apart well enough, and the server says when they do not.
    internal static string Short(Guid id) => id.ToString()[..13];

    private static Command Call<T>(string name, string description, Argument[] arguments, Option[] options, Func<ParseResult, ApiClient, CancellationToken, Task<T>> call, Action<T> print) =>
        ApiCommand.Create(name, description, arguments, options, call, print);
}
