using Npgsql;

namespace AgentOS.Kernel.Board;

public sealed partial class BoardStore
{
    /// <summary>Tasks with the words that are looked for, as far as the newest of them: to sort all that have a common word would take seconds.</summary>
    public const int MostFound = 500;

    /// <summary>The words are looked up once for all columns: in their index a beginning like "1" alone is a tenth of all titles.</summary>
    private static string Found(string where) =>
        $"""
        WITH found AS MATERIALIZED (
            SELECT id FROM tasks t WHERE kind = 'code' AND status <> 'cancelled'{where} ORDER BY created_at DESC, id DESC LIMIT {MostFound + 1}
        ), placed AS (
            SELECT t.*, (count(*) OVER (PARTITION BY status))::int AS in_state, row_number() OVER (
                PARTITION BY status ORDER BY CASE status WHEN 'done' THEN t.completed_at END DESC, CASE status WHEN 'done' THEN 0 ELSE t.priority END DESC, CASE status WHEN 'done' THEN NULL ELSE t.created_at END, t.id
            ) AS place FROM tasks t WHERE id IN (SELECT id FROM found LIMIT {MostFound})
        )
        SELECT {BoardCard.Columns}, t.in_state, (SELECT count(*) FROM found) > {MostFound} FROM (SELECT * FROM placed WHERE place <= @limit) t {Around} ORDER BY t.place
        """;

    private static (ValueList<BoardColumn> Columns, bool HasOthers) Columns(List<FoundCard> found)
    {
        var states = found.ToLookup(one => one.Card.Status);
        return ([.. States.Select(state => new BoardColumn(state, states[state].FirstOrDefault()?.InState ?? 0, [.. states[state].Select(one => one.Card)]))], found is [{ HasOthers: true }, ..]);
    }

    private sealed record FoundCard(BoardCard Card, int InState, bool HasOthers)
    {
        public static FoundCard Read(NpgsqlDataReader reader) => new(BoardCard.Read(reader), reader.GetInt32(reader.FieldCount - 2), reader.GetBoolean(reader.FieldCount - 1));
    }
}
