using Npgsql;
using NpgsqlTypes;

namespace AgentOS.Engine.Runtime.Commits;

/// <summary>A prepared statement whose parameters are columns: arrays that PostgreSQL unnests. The lists are reused from batch to batch.</summary>
internal abstract class ColumnStatement(string sql)
{
    private readonly List<Action> _clear = [];

    public NpgsqlBatchCommand Command { get; } = new(sql);

    /// <summary>Rows in the next execution.</summary>
    public int Count { get; protected set; }

    public void Clear()
    {
        if (Count == 0) return;
        Count = 0;
        foreach (var clear in _clear) clear();
    }

    protected List<string?> Text() => Column<string?>(NpgsqlDbType.Text);
    protected List<ReadOnlyMemory<byte>?> Json() => Column<ReadOnlyMemory<byte>?>(NpgsqlDbType.Bytea);
    protected List<long> BigInt() => Column<long>(NpgsqlDbType.Bigint);
    protected List<int> Int() => Column<int>(NpgsqlDbType.Integer);
    protected List<int?> OptionalInt() => Column<int?>(NpgsqlDbType.Integer);
    protected List<bool> Boolean() => Column<bool>(NpgsqlDbType.Boolean);
    protected List<DateTime> Time() => Column<DateTime>(NpgsqlDbType.TimestampTz);
    protected List<DateTime?> OptionalTime() => Column<DateTime?>(NpgsqlDbType.TimestampTz);

    protected NpgsqlParameter<T> Scalar<T>(NpgsqlDbType type)
    {
        var parameter = new NpgsqlParameter<T> { NpgsqlDbType = type };
        Command.Parameters.Add(parameter);
        return parameter;
    }

    private List<T> Column<T>(NpgsqlDbType element)
    {
        var list = new List<T>();
        Command.Parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = list, NpgsqlDbType = NpgsqlDbType.Array | element });
        _clear.Add(list.Clear);
        return list;
    }
}
