using System.Text;
using AgentOS.Engine.Services;

namespace AgentOS.Engine.Tests.Running;

public class PatientOutputTests
{
    [Fact]
    public void A_reader_that_takes_nothing_holds_nobody_up()
    {
        using var reader = new StuckReader();
        using var output = new PatientOutput(reader);
        for (var line = 0; line < 5000; line++) output.WriteLine($"line {line}");

        reader.GoOn();
        output.Dispose();

        // What was too much is left out, at the end: what came first is there, in its order.
        var read = reader.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        read.Length.ShouldBeInRange(1000, 1001);
        read.ShouldBe(Enumerable.Range(0, read.Length).Select(line => $"line {line}"));
    }

    [Fact]
    public void What_was_written_last_is_there_at_the_end()
    {
        using var reader = new StringWriter();
        using (var output = new PatientOutput(reader)) output.WriteLine("last words");

        reader.ToString().Trim().ShouldBe("last words");
    }

    private sealed class StuckReader : StringWriter
    {
        private readonly ManualResetEventSlim _goesOn = new();

        public void GoOn() => _goesOn.Set();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(string? value)
        {
            _goesOn.Wait();
            base.Write(value);
        }
    }
}
