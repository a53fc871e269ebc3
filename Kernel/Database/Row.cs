using System.Text.Json;
using Npgsql;

namespace AgentOS.Kernel.Database;

/// <summary>Reads the columns of a row one after the other, in the order in which the statement lists them.</summary>
internal ref struct Row(NpgsqlDataReader reader)
{
    private int _at;

    public Guid Id() => reader.GetGuid(_at++);
    public Guid? OptionalId() => Null() ? null : reader.GetGuid(_at++);
    public string Text() => reader.GetString(_at++);
    public string? OptionalText() => Null() ? null : reader.GetString(_at++);
    public string[] Texts() => reader.GetFieldValue<string[]>(_at++);
    public int Number() => reader.GetInt32(_at++);
    public int? OptionalNumber() => Null() ? null : reader.GetInt32(_at++);
    public long Long() => reader.GetInt64(_at++);
    public bool Truth() => reader.GetBoolean(_at++);
    public decimal Money() => reader.GetDecimal(_at++);
    public decimal? OptionalMoney() => Null() ? null : reader.GetDecimal(_at++);
    public DateTimeOffset Time() => reader.GetFieldValue<DateTimeOffset>(_at++);
    public DateTimeOffset? OptionalTime() => Null() ? null : reader.GetFieldValue<DateTimeOffset>(_at++);
    public JsonElement Json() => JsonElement.Parse(reader.GetString(_at++));
    public JsonElement? OptionalJson() => Null() ? null : JsonElement.Parse(reader.GetString(_at++));
    public T Word<T>() where T : struct, Enum => Words.Parse<T>(reader.GetString(_at++));
    public T? OptionalWord<T>() where T : struct, Enum => Null() ? null : Word<T>();

    private bool Null()
    {
        if (!reader.IsDBNull(_at)) return false;
        _at++;
        return true;
    }
}
