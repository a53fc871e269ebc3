using System.Security.Cryptography;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>The files of the database server: made once, under a password that only the owner of the data folder can read.</summary>
internal static class PostgresCluster
{
    public const string Administrator = "postgres";

    /// <returns>The password.</returns>
    public static async Task<string> EnsureAsync(EmbeddedPostgresOptions options, PostgresFolders folders, PostgresBinaries binaries, PostgresAccount account, CancellationToken cancellation)
    {
        if (Directory.Exists(folders.Data))
        {
            await RefuseOtherVersionAsync(folders, binaries, cancellation);
            return File.Exists(folders.PasswordFile)
                ? (await File.ReadAllTextAsync(folders.PasswordFile, cancellation)).Trim()
                : throw new PostgresUnavailableException(
                    $"{folders.Data} holds a database, but its password file {folders.PasswordFile} is gone. Restore the file, or move {folders.Root} away to start empty.");
        }

        options.Progress("Creating the database server's files.");
        var password = RandomNumberGenerator.GetHexString(48, lowercase: true);
        PostgresAccount.Self.WriteSecret(folders.PasswordFile, password);

        // In a folder aside, moved when complete: a crash in between leaves nothing that looks finished.
        if (Directory.Exists(folders.UnfinishedData)) Directory.Delete(folders.UnfinishedData, recursive: true);
        account.MakeFolder(folders.UnfinishedData);
        var passwordForInitdb = Path.Combine(folders.Root, "initdb.password");
        account.WriteSecret(passwordForInitdb, password);
        try
        {
            var made = await CommandLine.RunAsync(account.Wrap([binaries.Initdb, "-D", folders.UnfinishedData, "-U", Administrator,
                $"--pwfile={passwordForInitdb}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions", 
                .. options.InitdbArguments]), cancellation);
            if (made.ExitCode != 0)
                throw new PostgresUnavailableException($"initdb failed (exit code {made.ExitCode}) in {folders.UnfinishedData}: {made.Output}");
        }
        finally
        {
            File.Delete(passwordForInitdb);
        }

        Directory.Move(folders.UnfinishedData, folders.Data);
        return password;
    }

    private static async Task RefuseOtherVersionAsync(PostgresFolders folders, PostgresBinaries binaries, CancellationToken cancellation)
    {
        var of = (await File.ReadAllTextAsync(Path.Combine(folders.Data, "PG_VERSION"), cancellation)).Trim();
        var version = (await CommandLine.RunAsync([binaries.Server, "--version"], cancellation)).Output;
        if (!version.Contains($" {of}.", StringComparison.Ordinal))
            throw new PostgresUnavailableException(
                $"{folders.Data} was made by PostgreSQL {of}, but the installed one is \"{version}\". Install the version that made it, dump the data, and load it into a new data folder.");
    }
}
