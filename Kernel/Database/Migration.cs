using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentOS.Kernel.Database;

/// <summary>A numbered SQL file. Once applied anywhere it never changes; a later file corrects it.</summary>
public sealed partial record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text, in lower-case hexadecimal. Line ends do not count, so that a checkout on Windows has the same.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The files of <c>Kernel/Database/Migrations</c>, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = Read(typeof(Migration).Assembly);

    private static Migration[] Read(Assembly assembly)
    {
        var migrations = assembly.GetManifestResourceNames()
            .Select(resource => (resource, match: FileName().Match(resource)))
            .Where(found => found.match.Success)
            .Select(found => new Migration(int.Parse(found.match.Groups[1].ValueSpan, null), found.match.Groups[2].Value, Text(assembly, found.resource)))
            .OrderBy(migration => migration.Number)
            .ToArray();
        for (var i = 0; i < migrations.Length; i++)
            if (migrations[i].Number != i + 1)
                throw new MigrationException($"Migration {migrations[i].Number:0000}_{migrations[i].Name} is out of row: number {i + 1:0000} is expected there. Number the files without gaps or doubles.");
        return migrations;
    }

    private static string Text(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\.Database\.Migrations\.(\d{4})_(\w+)\.sql$")]
    private static partial Regex FileName();
}

/// <summary>The database and the program do not fit together.</summary>
public sealed class MigrationException(string message, Exception? inner = null) : AgentOSException(message, inner);
