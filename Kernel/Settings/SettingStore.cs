using System.Text.Json;
using AgentOS.Kernel.Database;
using Npgsql;

namespace AgentOS.Kernel.Settings;

/// <summary>What a person set for the whole of AgentOS.</summary>
public sealed class SettingStore(NpgsqlDataSource database)
{
    public async Task<T?> GetAsync<T>(string key, CancellationToken cancellation = default) =>
        await database.ScalarAsync<string>("SELECT value::text FROM settings WHERE key = @key", cancellation, ("key", key)) is { } json
            ? JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)
            : default;

    public Task SetAsync<T>(string key, T value, CancellationToken cancellation = default) =>
        database.RunAsync("INSERT INTO settings (key, value) VALUES (@key, @value::jsonb) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = now()", cancellation,
            ("key", key), ("value", JsonText.Of(value)));
}
