using System.Security.Cryptography;

namespace AgentOS.Engine.Runtime;

/// <summary>Ids as Elsa's: 16 hexadecimal digits.</summary>
internal static class Ids
{
    public static string New() => RandomNumberGenerator.GetHexString(16, lowercase: true);
}
