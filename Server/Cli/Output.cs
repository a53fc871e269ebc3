using System.Text.Json;
using Spectre.Console;

namespace AgentOS.Server.Cli;

/// <summary>How answers are shown: JSON, a drawn table in a terminal, or plain columns for another program.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Indented = new(ApiClient.Json) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Json<T>(T value) => Console.WriteLine(JsonSerializer.Serialize(value, Indented));

    public static void JsonLine<T>(T value) => Console.WriteLine(JsonSerializer.Serialize(value, ApiClient.Json));

    public static string Money(decimal dollars) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${dollars:0.00##}");

    /// <summary>Times as people say them; a time to come is 'in 3 min'.</summary>
    public static string Ago(DateTimeOffset? time)
    {
        if (time is not { } when) return "never";
        var past = DateTimeOffset.UtcNow - when;
        var length = past.Duration() switch
        {
            { TotalSeconds: < 60 } seconds => $"{seconds.TotalSeconds:0} s",
            { TotalMinutes: < 60 } minutes => $"{minutes.TotalMinutes:0} min",
            { TotalHours: < 48 } hours => $"{hours.TotalHours:0} h",
            var days => $"{days.TotalDays:0} d",
        };
        return past < TimeSpan.Zero ? $"in {length}" : $"{length} ago";
    }

    /// <summary>Names and values; those without a value are left out.</summary>
    public static void Facts(params (string Name, string? Value)[] facts)
    {
        foreach (var (name, value) in facts)
            if (!string.IsNullOrEmpty(value)) Console.WriteLine($"{name + ":",-10} {OneLine(value)}");
    }

    /// <summary>Text of agents, without what a terminal would obey.</summary>
    public static string Lines(string text) => new([.. text.Where(letter => letter == '\n' || !char.IsControl(letter))]);

    public static void Table(string[] columns, IReadOnlyList<string[]> rows, string whenEmpty)
    {
        if (rows.Count == 0)
        {
            Console.Error.WriteLine(whenEmpty);
            return;
        }

        if (!Color.IsWatched) Plain(columns, rows);
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
