using Npgsql;

namespace AgentOS.Engine.Runtime.Work;

/// <summary>What statements that claim work bring: items, together with the instances that they are for.</summary>
internal sealed class Claims
{
    /// <summary>The columns of engine.work that such a statement returns first, in this order. Five of the instance follow (null for a start, or when the instance is another's), then the item's owner.</summary>
    public const string ItemColumns = "id, attempts, kind, instance_id, definition_version_id, bookmark_id, hash, correlation_id, parent_id, request";

    /// <summary>How many columns that are: no other statement of a commit returns so many.</summary>
    public const int Columns = 16;

    private readonly Dictionary<string, List<WorkItem>> _byInstance = new(StringComparer.Ordinal);

    public List<ClaimedWork> Taken { get; } = [];

    /// <summary>Items that are this node's, while their instance is not.</summary>
    public List<WorkItem> Homeless { get; } = [];

    /// <summary>Whether there are items that nobody has claimed.</summary>
    public bool LeavesWork { get; set; }

    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken)) Add(reader);
    }

    private void Add(NpgsqlDataReader reader)
    {
        if (reader.IsDBNull(15))
        {
            LeavesWork = true;
            return;
        }
        var item = new WorkItem(new(reader.GetInt64(0), reader.GetInt32(1)), reader.GetString(2), reader.GetString(3), Text(4), Text(5), Text(6), Text(7), Text(8), Text(9));
        if (item.Kind == "start") Taken.Add(new(null, [item]));
        else if (_byInstance.TryGetValue(item.InstanceId, out var items)) items.Add(item);
        else if (reader.IsDBNull(10)) Homeless.Add(item);
        else
        {
            _byInstance.Add(item.InstanceId, items = [item]);
            Taken.Add(new(new(reader.GetString(10), reader.GetInt64(11), reader.GetString(12), reader.GetInt32(13), reader.GetString(14)), items));
        }

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
