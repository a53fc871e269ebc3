namespace AgentOS.Engine.Tests.Surface;

/// <summary>A member of a public type, in the words of the listing.</summary>
/// <param name="Signature">Type, name and parameters: <c>ValueTask CompleteActivityAsync(object result?)</c>; a question mark follows what may be left out.</param>
/// <param name="Overridable">virtual or abstract. The listing calls also virtual what only implements an interface.</param>
/// <param name="Settable">A property that can be set.</param>
internal sealed record Member(string Signature, bool Protected, bool Static, bool Abstract, bool Overridable, bool Settable)
{
    /// <param name="line"><c>protected virtual void Execute(ActivityExecutionContext context)</c></param>
    public static Member Parse(string line)
    {
        bool Take(string word)
        {
            if (!line.StartsWith(word + " ", StringComparison.Ordinal)) return false;
            line = line[(word.Length + 1)..];
            return true;
        }

        var (isProtected, isStatic, isAbstract, isVirtual) = (Take("protected"), Take("static"), Take("abstract"), Take("virtual"));
        var accessors = line.IndexOf(" {", StringComparison.Ordinal);
        return new(accessors < 0 ? line : line[..accessors], isProtected, isStatic, isAbstract, isAbstract || isVirtual, accessors >= 0 && line.Contains(" set; ", StringComparison.Ordinal));
    }

    /// <summary>What a user of this one can do that a user of the other cannot; null when there is nothing.</summary>
    public string? Exceeds(Member? listed) => listed switch
    {
        null => "there is no such member",
        _ when listed.Protected != Protected => listed.Protected ? "it is protected" : "it is public",
        _ when listed.Static != Static => listed.Static ? "it is static" : "it is not static",
        _ when listed.Abstract != Abstract => listed.Abstract ? "it is abstract" : "it is not abstract",
        _ when Overridable && !listed.Overridable => "it cannot be overridden",
        _ when Settable && !listed.Settable => "it cannot be set",
        _ => null,
    };

    public override string ToString() => Signature;
}
