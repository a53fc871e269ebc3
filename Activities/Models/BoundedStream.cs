namespace AgentOS.Activities.Models;

/// <summary>An endpoint sent more in one answer than any model says.</summary>
internal sealed class EndlessAnswerException() : IOException($"more than {BoundedStream.MostBytes >> 20} MB came in one answer");

/// <summary>The body of an answer, which the server keeps in memory: from an endpoint that never ends, only so much is taken.</summary>
internal sealed class BoundedStream(Stream inner) : AnswerStream(inner)
{
    internal const long MostBytes = 64 << 20;

    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        return (_read += count) <= MostBytes ? count : throw new EndlessAnswerException();
    }
}
