namespace AgentOS.Studio.Layout;

/// <summary>What is said to a person in passing. (MudBlazor's own way writes style elements, which the policy refuses.)</summary>
public sealed class Notices(TimeProvider time)
{
    private const int Most = 4;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10), Short = TimeSpan.FromSeconds(4);

    private readonly List<Notice> _shown = [];

    public event Action? Changed;

    public IReadOnlyList<Notice> Shown => _shown;

    /// <param name="isRefusal">Something was not done, and the text says why: it stays longer.</param>
    public void Say(string text, bool isRefusal = false)
    {
        var notice = new Notice(text, isRefusal);
        if (_shown.Count == Most) _shown.RemoveAt(0);
        _shown.Add(notice);
        Changed?.Invoke();
        _ = RemoveLaterAsync(notice);
    }

    public void Remove(Notice notice)
    {
        if (_shown.Remove(notice)) Changed?.Invoke();
    }

    // On the circuit's own thread, where it was said.
    private async Task RemoveLaterAsync(Notice notice)
    {
        await Task.Delay(notice.IsRefusal ? Long : Short, time);
        Remove(notice);
    }
}

/// <summary>One thing that is said; two with the same words are two.</summary>
public sealed class Notice(string text, bool isRefusal)
{
    public string Text => text;

    public bool IsRefusal => isRefusal;
}
