using System.Security.Cryptography;
using Elsa.Common;
using Elsa.Workflows;

namespace AgentOS.Engine.Execution;

/// <summary>
/// Sixteen hexadecimal digits: a random start for each process, counted up from there.
/// Neighbours in time are neighbours in an index, which random ids are not.
/// </summary>
internal sealed class SequentialIdentityGenerator : IIdentityGenerator
{
    private long _next = Start();

    public string GenerateId() => Interlocked.Increment(ref _next).ToString("x16", null);

    // A letter and a digit in front, so that no id reads as a number or as a word.
    private static long Start()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        var start = BitConverter.ToInt64(bytes) & 0x00ff_ffff_ffff_ffff;
        var letter = RandomNumberGenerator.GetInt32(0xa, 0x10);
        var digit = RandomNumberGenerator.GetInt32(0, 0xa);
        return ((long)letter << 60) | ((long)digit << 56) | start;
    }
}

internal sealed class TimeProviderClock(TimeProvider time) : ISystemClock
{
    public DateTimeOffset UtcNow => time.GetUtcNow();
}
