using System.Text.Json;
using Spectre.Console;

namespace AgentOS.Server.Cli;

/// <summary>How answers are shown: JSON, a drawn table in a terminal, or plain columns for another program.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Indented = new(ApiClient.Json) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Json<T>(T value) => Console.WriteLine(JsonSerializer.Serialize(value, Indented));

    public static void Table(string[] columns, IReadOnlyList<string[]> rows, string whenEmpty)
    {
        if (rows.Count == 0)
        {
            Console.Error.WriteLine(whenEmpty);
            return;
        }

        if (Console.IsOutputRedirected) Plain(columns, rows);
        else Drawn(columns, rows);
    }

    private static void Plain(string[] columns, IReadOnlyList<string[]> rows)
    {
        var widths = columns.Select((column, index) => Math.Max(column.Length, rows.Max(row => row[index].Length))).ToArray();
        foreach (var row in rows.Prepend(columns))
            Console.WriteLine(string.Join("  ", row.Select((cell, index) => OneLine(cell).PadRight(widths[index]))).TrimEnd());
    }

    private static void Drawn(string[] columns, IReadOnlyList<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns) table.AddColumn(new TableColumn($"[bold]{Markup.Escape(column)}[/]"));
        foreach (var row in rows) table.AddRow(row.Select(cell => (Spectre.Console.Rendering.IRenderable)new Text(OneLine(cell))));
        AnsiConsole.Write(table);
    }

    public static string OneLine(string text) => new(text.Select(letter => char.IsControl(letter) ? ' ' : letter).ToArray());
}
