using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace AgentOS.Server.Cli.Bench;

/// <summary>Fills a measured server's database with the history of a busy year, by the steps of <c>PagesData.sql</c>.</summary>
internal sealed partial class PagesData(NpgsqlDataSource database, long tasks, long rows)
{
    private const long RowsAtOnce = 250_000;

    /// <summary>When the year ended: what its rows say follows from this and their numbers, in every step.</summary>
    private readonly long _end = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds();

    /// <param name="say">Told what is being written.</param>
    public async Task MakeAsync(Action<string> say, CancellationToken cancellation)
    {
        foreach (var (name, sql) in await StepsAsync(cancellation))
        {
            if (!name.EndsWith("(in parts)", StringComparison.Ordinal))
            {
                say(name);
                foreach (var statement in Statements(sql)) await RunAsync(statement, 0, 0, cancellation);
                continue;
            }

            for (var from = 1L; from <= rows; from += RowsAtOnce)
            {
                say(string.Create(CultureInfo.InvariantCulture, $"Log: {from - 1:N0} of {rows:N0} rows"));
                await RunAsync(sql, from, Math.Min(rows, from + RowsAtOnce - 1), cancellation);
            }
        }
    }

    private async Task RunAsync(string sql, long from, long to, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand();
        command.CommandTimeout = 0;
        // Numbers, and not of others: statements that define things take no parameters.
        command.CommandText = Name().Replace(sql, name => (name.Value switch
        {
            "@tasks" => tasks,
            "@goals" => Math.Max(1, tasks / 50),
            "@rows" => rows,
            "@from" => from,
            "@to" => to,
            "@end" => _end,
            _ => throw new UnreachableException(name.Value),
        }).ToString(CultureInfo.InvariantCulture) + "::bigint");
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<IReadOnlyList<(string Name, string Sql)>> StepsAsync(CancellationToken cancellation)
    {
        await using var file = typeof(PagesData).Assembly.GetManifestResourceStream("PagesData.sql")!;
        using var reader = new StreamReader(file);
        var text = await reader.ReadToEndAsync(cancellation);
        return [.. text.Split("-- step: ").Skip(1).Select(part => part.Split('\n', 2)).Select(part => (part[0].Trim(), part[1].Trim()))];
    }

    /// <summary>Each alone: VACUUM stands in no transaction. No text of the file ends a line with a semicolon but a statement.</summary>
    private static string[] Statements(string sql) => sql.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [GeneratedRegex("@[a-z]+")]
    private static partial Regex Name();
}
