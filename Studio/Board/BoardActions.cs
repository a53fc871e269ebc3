using AgentOS.Kernel.Tasks;
using AgentOS.Studio.Layout;
using MudBlazor;

namespace AgentOS.Studio.Board;

/// <summary>What a person does on the board: asks for what is missing, then calls the store. The board changes by what the store tells.</summary>
public sealed class BoardActions(TaskStore tasks, IDialogService dialogs, Acting acting)
{
    internal Task CreateAsync(BoardScreen? screen, string? repository, Guid? goal) => ShowAsync<NewTaskDialog>("New task", new()
    {
        { dialog => dialog.Screen, screen }, { dialog => dialog.Repository, repository }, { dialog => dialog.Goal, goal },
    });

    /// <summary>By drag or by menu: both come here, and what cannot be is said.</summary>
    internal async Task MoveAsync(Guid id, TaskState to, BoardScreen? screen) => await acting.TryAsync(async () =>
    {
        var task = await tasks.GetAsync(id);
        switch (TaskMove.Of(task.Status, to))
        {
            case TaskMove.Refused(var reason):
                acting.Say(reason);
                break;
            case TaskMove.Unassign:
                await tasks.DoAsync(task, new TaskCommand.Unassign());
                break;
            case TaskMove.Retry:
                await tasks.RetryAsync(id);
                break;
            case TaskMove.Approve:
                if (await dialogs.ConfirmAsync("Approve", $"Approve '{task.Title}'? It is done when its checks have passed and its merge has landed.", "Approve", "Back")) await tasks.ReviewAsync(id, true, "");
                break;
            case TaskMove.Reject:
                if (await AskAsync($"Reject '{task.Title}'", "What is wrong, and what would be right?", "Reject") is { } feedback) await tasks.ReviewAsync(id, false, feedback);
                break;
            case TaskMove.Stop:
                if (await AskAsync($"Stop '{task.Title}'", "Why? Agents leave it alone until it is given another chance.", "Stop") is { } why) await tasks.StopAsync(id, why);
                break;
            case TaskMove.Assign:
                await AssignAsync(id, screen);
                break;
        }
    });

    internal Task RetryAsync(Guid id) => acting.TryAsync(() => tasks.RetryAsync(id), "It gets another chance.");

    internal Task AssignAsync(Guid id, BoardScreen? screen) =>
        ShowAsync<AssignDialog>("Assign", new() { { dialog => dialog.TaskId, id }, { dialog => dialog.Workers, screen?.Workers ?? [] } });

    internal Task PrioritiseAsync(Guid id, string title, int priority) =>
        ShowAsync<PriorityDialog>($"Priority of '{title}'", new() { { dialog => dialog.TaskId, id }, { dialog => dialog.Priority, priority } });

    internal Task SplitAsync(Guid id, string title) => ShowAsync<SplitDialog>($"Split '{title}'", new() { { dialog => dialog.TaskId, id } });

    internal async Task CancelAsync(Guid id, string title)
    {
        if (await AskAsync($"Cancel '{title}'", "Why? It does not come back; what waits for it is stuck.", "Cancel the task", isNeeded: false) is { } why)
            await acting.TryAsync(() => tasks.CancelAsync(id, why.Length == 0 ? "a person cancelled it" : why));
    }

    private async Task<string?> AskAsync(string title, string question, string act, bool isNeeded = true) =>
        (await ShowAsync<ReasonDialog>(title, new() { { dialog => dialog.Question, question }, { dialog => dialog.Act, act }, { dialog => dialog.IsNeeded, isNeeded } }))?.Data as string;

    private async Task<DialogResult?> ShowAsync<TDialog>(string title, DialogParameters<TDialog> parameters) where TDialog : Microsoft.AspNetCore.Components.IComponent =>
        await (await dialogs.ShowAsync<TDialog>(title, parameters)).Result;
}
