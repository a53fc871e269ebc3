using System.Text;
using System.Threading.Channels;

namespace AgentOS.Engine.Services;

/// <summary>
/// Hands text on to an output without ever waiting for whoever reads it: a pipe that nobody empties, or a terminal that is held, must not hold a workflow.
/// What the reader is too slow for is left out.
/// </summary>
internal sealed class PatientOutput : TextWriter
{
    private const int Waiting = 1000;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Channel<string> _texts = Channel.CreateBounded<string>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly TextWriter _output;
    private readonly Thread _writer;

    public PatientOutput(TextWriter output)
    {
        _output = output;
        _writer = new(Hand) { IsBackground = true, Name = "Output of workflows" }; // it may block for ever: no thread of the pool
        _writer.Start();
    }

    public override Encoding Encoding => _output.Encoding;

    public override void Write(char value) => _texts.Writer.TryWrite(value.ToString());

    public override void Write(string? value) => _texts.Writer.TryWrite(value ?? "");

    public override void WriteLine(string? value) => Write(value + CoreNewLine.AsSpan().ToString());

    protected override void Dispose(bool disposing)
    {
        if (disposing && _texts.Writer.TryComplete()) _writer.Join(LastWords);
        base.Dispose(disposing);
    }

    private void Hand()
    {
        try
        {
            while (_texts.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_texts.Reader.TryRead(out var text)) _output.Write(text);
                _output.Flush();
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // There is no reader any more.
        }
    }
}
