using System.Buffers;
using System.Text;

namespace AgentOS.Activities.Shell;

/// <summary>Keeps the head and the tail of a stream within a fixed number of bytes, and hands out lines as they come.</summary>
internal sealed class OutputBuffer(int capacity, Action<string>? onLine)
{
    private const int LongestLine = 16 << 10;

    private readonly byte[] head = new byte[(capacity + 1) / 2];
    private readonly byte[] tail = new byte[Math.Max(capacity / 2, 1)];
    private readonly ArrayBufferWriter<byte> line = new();
    private long total;

    public bool Truncated => total > head.Length + tail.Length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (onLine is not null)
            SplitLines(bytes);
        if (total < head.Length)
        {
            var first = bytes[..(int)Math.Min(bytes.Length, head.Length - total)];
            first.CopyTo(head.AsSpan((int)total));
            total += first.Length;
            bytes = bytes[first.Length..];
        }
        foreach (var value in bytes)
            tail[(total++ - head.Length) % tail.Length] = value;
    }

    public void Complete()
    {
        if (line.WrittenCount > 0)
            HandOutLine();
    }

    public override string ToString()
    {
        if (total <= head.Length)
            return Decode(head.AsSpan(0, (int)total));
        var afterHead = total - head.Length;
        if (afterHead <= tail.Length)
            return Decode([.. head, .. tail.AsSpan(0, (int)afterHead)]);
        var split = (int)(afterHead % tail.Length);
        return $"{Decode(head)}\n… {afterHead - tail.Length} bytes left out …\n{Decode([.. tail.AsSpan(split), .. tail.AsSpan(0, split)])}";
    }

    private void SplitLines(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var room = LongestLine - line.WrittenCount;
            var part = bytes[..Math.Min(end < 0 ? bytes.Length : end, room)];
            line.Write(part);
            bytes = bytes[part.Length..];
            var ended = !bytes.IsEmpty && bytes[0] == '\n';
            if (ended)
                bytes = bytes[1..];
            if (ended || line.WrittenCount >= LongestLine)
                HandOutLine();
        }
    }

    private void HandOutLine()
    {
        onLine!(Decode(line.WrittenSpan).TrimEnd('\r'));
        line.ResetWrittenCount();
    }

    // PostgreSQL refuses NUL in text, and a model has no use for it.
    private static string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes).Replace('\0', '\uFFFD');
}
