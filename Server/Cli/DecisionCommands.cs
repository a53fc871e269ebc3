using System.CommandLine;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli;

/// <summary>task steer, approve, reject, stop, take-over, hand-back, split: what people decide while agents work.</summary>
internal static class DecisionCommands
{
    public static IEnumerable<Command> All() => [Steer(), Approve(), Reject(), Stop(), TakeOver(), HandBack(), Split()];

    private static Command Steer()
    {
        var id = TaskCommands.Id();
        var text = new Argument<string>("text") { Description = "What to tell whoever works on it; it reaches their next turn." };
        var file = new Option<string?>("--file") { Description = "A file of its diff that this is about." };
        var line = new Option<int?>("--line") { Description = "A line of that file, from 1." };
        return Call("steer", "Say something to whoever works on a task.", [id, text], [file, line], (parsed, client, cancellation) =>
            client.PostAsync<Message>(Path(parsed, id, "steer"), new Steer(parsed.GetValue(text), parsed.GetValue(file), parsed.GetValue(line), Guid.CreateVersion7()), cancellation),
            _ => Console.WriteLine("Said; it reaches the next turn."))
            .Example("agentos task steer 0197d1f2 \"Use the library's own parser.\"", "agentos task steer 0197d1f2 \"This name is misleading.\" --file src/basket.js --line 12");
    }

    private static Command Approve()
    {
        var id = TaskCommands.Id();
        var feedback = new Option<string?>("--feedback") { Description = "A word about it." };
        return Call("approve", "Approve the commit that is in review, in place of the judge. The checks must pass all the same.", [id], [feedback], (parsed, client, cancellation) =>
            client.PostAsync<EvidenceEntry>(Path(parsed, id, "approve"), new Verdict(parsed.GetValue(feedback)), cancellation), verdict => Console.WriteLine($"Commit {verdict.CommitSha[..10]} is approved."))
            .Example("agentos task approve 0197d1f2");
    }

    private static Command Reject()
    {
        var id = TaskCommands.Id();
        var feedback = new Argument<string>("feedback") { Description = "What is wrong, and what would be right." };
        return Call("reject", "Reject the commit that is in review: it goes back with your feedback.", [id, feedback], [], (parsed, client, cancellation) =>
            client.PostAsync<EvidenceEntry>(Path(parsed, id, "reject"), new Verdict(parsed.GetValue(feedback)), cancellation), verdict => Console.WriteLine($"Commit {verdict.CommitSha[..10]} is rejected."))
            .Example("agentos task reject 0197d1f2 \"The discount is applied twice.\"");
    }

    private static Command Stop()
    {
        var id = TaskCommands.Id();
        var reason = new Option<string?>("--reason") { Description = "Why; whoever goes on with it is told." };
        return Call("stop", "Stop the work on a task, or on a goal with all below it, until it is retried.", [id], [reason], (parsed, client, cancellation) =>
            client.PostAsync<TaskIds>(Path(parsed, id, "stop"), new Reason(parsed.GetValue(reason)), cancellation),
            stopped => Console.WriteLine($"Stopped{(stopped.Tasks.Count > 1 ? $", with {stopped.Tasks.Count - 1} below it" : "")}. Let it go on: agentos task retry {TaskCommands.Short(stopped.Tasks[0])}"))
            .Example("agentos task stop 0197d1f2 --reason \"The plan has changed.\"");
    }

    private static Command TakeOver()
    {
        var id = TaskCommands.Id();
        return Call("take-over", "Go on with a task yourself, in its workspace. Agents leave it alone until you hand it back.", [id], [], (parsed, client, cancellation) =>
            client.PostAsync<TakenOver>(Path(parsed, id, "take-over"), null, cancellation),
            taken => Console.WriteLine($"{Output.OneLine(taken.Workspace)}\nThe task is yours: change files there, then: agentos task hand-back {TaskCommands.Short(taken.Id)}"))
            .Example("agentos task take-over 0197d1f2");
    }

    private static Command HandBack()
    {
        var id = TaskCommands.Id();
        var summary = new Option<string?>("--summary") { Description = "What you did; it becomes the commit's message." };
        return Call("hand-back", "Give back a task that you took over: your changes are committed, checked and judged.", [id], [summary], (parsed, client, cancellation) =>
            client.PostAsync<AgentTask>(Path(parsed, id, "hand-back"), new HandBack(parsed.GetValue(summary)), cancellation), task => Console.WriteLine($"{TaskCommands.Short(task.Id)} is {task.Status.Word()}, attempt {task.Attempt} is yours."))
            .Example("agentos task hand-back 0197d1f2 --summary \"Solved the rounding by hand.\"");
    }

    private static Command Split()
    {
        var id = TaskCommands.Id();
        var into = new Argument<string[]>("titles") { Description = "Titles of the tasks that take its place, two at least; 'TITLE: DESCRIPTION' describes one too.", Arity = new(2, TaskSplit.Most) };
        var ordered = new Option<bool>("--in-order") { Description = "Each comes after the one before it." };
        return Call("split", "Put several tasks in the place of one.", [id, into], [ordered], (parsed, client, cancellation) =>
            client.PostAsync<List<AgentTask>>(Path(parsed, id, "split"), new Split([.. parsed.GetRequiredValue(into).Select(Part)], parsed.GetValue(ordered)), cancellation), TaskCommands.Print)
            .Example("agentos task split 0197d1f2 \"Read the file\" \"Write the report: as CSV, one line a product\" --in-order");
    }

    private static SplitInto Part(string text) => text.Split(": ", 2) is [var title, var description] ? new(title, description) : new(text, null);

    private static string Path(ParseResult parsed, Argument<string> id, string verb) => $"/api/tasks/{Query.Escape(parsed.GetRequiredValue(id))}/{verb}";

    private static Command Call<T>(string name, string description, Argument[] arguments, Option[] options, Func<ParseResult, ApiClient, CancellationToken, Task<T>> call, Action<T> print) =>
        ApiCommand.Create(name, description, arguments, options, call, print);
}
