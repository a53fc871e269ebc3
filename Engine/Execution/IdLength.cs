namespace AgentOS.Engine.Execution;

/// <summary>How long a text may be by which instances and definitions are found: an index of the database holds no more than about 2,700 bytes of it.</summary>
internal static class IdLength
{
    /// <summary>Characters.</summary>
    public const int Longest = 500;

    /// <param name="id">The text.</param>
    /// <param name="what">Its name in a sentence.</param>
    /// <exception cref="FormatException">It is longer.</exception>
    public static string? Checked(string? id, string what) => id?.Length > Longest ? throw new FormatException($"{what} has {id.Length:N0} characters. It is looked for by an index, which takes {Longest}: use a shorter one.") : id;
}
