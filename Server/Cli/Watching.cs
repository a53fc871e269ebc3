using Spectre.Console;

namespace AgentOS.Server.Cli;

/// <summary>What takes long shows that it goes on: in place on a terminal, not at all for another program.</summary>
internal static class Watching
{
    /// <summary>Does it, with a line that moves while it takes.</summary>
    public static Task<T> ShowAsync<T>(string text, Func<Task<T>> work) =>
        Color.IsWatched ? AnsiConsole.Status().Spinner(Spinner.Known.Dots).StartAsync(Markup.Escape(text), _ => work()) : work();

    /// <summary>The same, for work that says anew how far it is.</summary>
    public static Task<T> ShowAsync<T>(string text, Func<Action<string>, Task<T>> work) => Color.IsWatched
        ? AnsiConsole.Status().Spinner(Spinner.Known.Dots).StartAsync(Markup.Escape(text), status => work(next => status.Status(Markup.Escape(next))))
        : work(_ => { });

    /// <summary>How far a goal is: a bar, and what it stands for.</summary>
    public static string Progress(int done, int total, string rest)
    {
        const int width = 20;
        var full = total == 0 ? 0 : Math.Clamp(done * width / total, 0, width);
        return $"{new string('█', full)}{new string('░', width - full)} {(total == 0 ? "planning" : $"{done} of {total} tasks")}{rest}";
    }
}
