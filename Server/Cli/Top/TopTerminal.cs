using System.Text;

namespace AgentOS.Server.Cli.Top;

/// <summary>The terminal while top runs: the alternate screen without a cursor, given back however it ends.</summary>
internal sealed class TopTerminal : IDisposable
{
    private readonly bool _colors;
    private readonly TextWriter _output = Console.Out;
    private bool _isOver;

    public TopTerminal(bool colors)
    {
        _colors = colors;
        AppDomain.CurrentDomain.ProcessExit += GiveBack;
        Console.TreatControlCAsInput = true;
        _output.Write("\e[?1049h\e[?25l\e[2J");
        _output.Flush();
    }

    public static (int Width, int Height) Size
    {
        get
        {
            try
            {
                return (Math.Max(1, Console.WindowWidth), Math.Max(1, Console.WindowHeight));
            }
            catch (IOException)
            {
                return (80, 24);
            }
        }
    }

    /// <summary>In one write, so that no half of a picture is seen.</summary>
    public void Draw(IReadOnlyList<TopSpan[]> lines)
    {
        var frame = new StringBuilder("\e[H");
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0) frame.Append("\r\n");
            foreach (var span in lines[i]) frame.Append(Code(span.Style)).Append(span.Text).Append("\e[0m");
        }

        _output.Write(frame.Append("\e[0m"));
        _output.Flush();
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= GiveBack;
        GiveBack(null, EventArgs.Empty);
    }

    private void GiveBack(object? sender, EventArgs e)
    {
        if (_isOver) return;
        _isOver = true;
        _output.Write("\e[0m\e[?25h\e[?1049l");
        _output.Flush();
        Console.TreatControlCAsInput = false;
    }

    // Without colours, what is selected is still told apart: reversed, bold and underlined are no colours.
    private string Code(TopStyle style) => style switch
    {
        TopStyle.Title => "\e[1m",
        TopStyle.FocusedTitle => "\e[1;4m",
        TopStyle.Selected => "\e[7m",
        TopStyle.Dim when _colors => "\e[90m",
        TopStyle.Good when _colors => "\e[32m",
        TopStyle.Warning when _colors => "\e[33m",
        TopStyle.Bad when _colors => "\e[31m",
        _ => "",
    };
}
