using System.Text;

namespace AgentOS.Activities.Coding.Tools;

/// <summary>A text file as a model sees it: lines that end in LF, no byte order mark; written back as it was.</summary>
internal sealed record WorkspaceText(string Text, bool HasMark, bool UsesCrLf, bool IsValid)
{
    public const long Largest = 20 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ToolException">It is binary or too large.</exception>
    public static WorkspaceText Read(Stream file, string path)
    {
        if (file.Length > Largest)
            throw new ToolException($"'{path}' has {file.Length >> 20} MB, too much to show. Use search, or run_shell with sed or head.");
        var bytes = new byte[file.Length];
        var content = bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        if (content[..Math.Min(content.Length, 8000)].Contains((byte)0))
            throw new ToolException($"'{path}' is a binary file of {content.Length} bytes.");
        var hasMark = content.StartsWith(Encoding.UTF8.Preamble);
        if (hasMark)
            content = content[3..];
        var (text, isValid) = Decode(content);
        var usesCrLf = text.Contains("\r\n", StringComparison.Ordinal) && text.Count(each => each == '\n') == text.Split("\r\n").Length - 1;
        return new(usesCrLf ? text.Replace("\r\n", "\n", StringComparison.Ordinal) : text, hasMark, usesCrLf, isValid);
    }

    public byte[] Encode(string text)
    {
        if (UsesCrLf)
            text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        return [.. HasMark ? Encoding.UTF8.Preamble : [], .. Encoding.UTF8.GetBytes(text)];
    }

    private static (string Text, bool IsValid) Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            return (Strict.GetString(content), true);
        }
        catch (DecoderFallbackException)
        {
            return (Encoding.UTF8.GetString(content), false);
        }
    }
}
