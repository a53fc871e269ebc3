using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentOS.Engine.State;

namespace AgentOS.Engine.Runtime.Execution;

/// <summary>JSON fragments of one commit, written one after the other into one reused buffer.</summary>
internal sealed class CommitBuffer
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true, MaxDepth = EngineJson.MaxDepth * 2, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const int Largest = 1 << 20;
    [ThreadStatic] private static CommitBuffer? _free;

    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);
    private int _start;

    private CommitBuffer() => Writer = new(_buffer, Options);

    public Utf8JsonWriter Writer { get; }

    public static CommitBuffer Rent()
    {
        var buffer = _free ?? new();
        _free = null;
        return buffer;
    }

    /// <summary>Only when nothing refers to its fragments any more.</summary>
    public void Return()
    {
        if (_buffer.Capacity > Largest) return;
        _buffer.ResetWrittenCount();
        Writer.Reset(_buffer);
        _start = 0;
        _free = this;
    }

    /// <summary>What was written since the last call.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        Writer.Flush();
        var fragment = _buffer.WrittenMemory[_start..];
        _start = _buffer.WrittenCount;
        Writer.Reset(_buffer);
        return fragment;
    }

    public ReadOnlyMemory<byte> Value(object? value)
    {
        EngineJson.WriteValue(Writer, value);
        return Take();
    }
}
