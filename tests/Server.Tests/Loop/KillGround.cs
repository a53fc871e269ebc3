using AgentOS.Activities.Models.Recording;
using AgentOS.Kernel.Notifications;
using AgentOS.Server.Hosting;
using AgentOS.Testing.Git;
using AgentOS.Testing.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentOS.Server.Tests.Loop;

/// <summary>What lives on when servers are killed: PostgreSQL, the models' endpoint, the data folder; and the ear of the test.</summary>
internal sealed class KillGround : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly RecordedModel _model;
    private readonly KernelNotifications _hints;

    private KillGround(TemporaryFolder folder, TestDatabase database, RecordedModel model)
    {
        (_folder, Database, _model) = (folder, database, model);
        Data = new(folder.In("home"));
        _hints = new(database.DataSource, NullLogger<KernelNotifications>.Instance);
        Watch = _hints.Subscribe();
    }

    public TestDatabase Database { get; }

    public DataFolder Data { get; }

    public KernelNotifications.Subscription Watch { get; }

    public static async Task<KillGround> CreateAsync()
    {
        var ground = new KillGround(new(), await TestDatabase.CreateEmptyAsync(), await RecordedModel.StartAsync(Aftermath.Models().Answer));
        ground.Data.Create();
        await File.WriteAllTextAsync(ground.Data.LlmFile, ground._model.Configuration());
        return ground;
    }

    /// <param name="role">Null: the first server on the data folder; else one that joins it.</param>
    public KilledServer Server(string? role = null) => new(Data, Database.ConnectionString, role);

    public static Task<TestRepository> RepositoryAsync() =>
        TestRepository.CreateAsync((".agentos.yaml", "test: sh check.sh\n"), ("check.sh", "! grep -rq broken work 2>/dev/null\n"));

    /// <returns>Whether the goal is reached; false after that many notifications.</returns>
    public Task<bool> UntilAsync(Guid goal, int after = int.MaxValue) => Aftermath.UntilAsync(Database, Watch, goal, after);

    public Task AssertAsync(TestRepository repository, Guid goal) => Aftermath.AssertAsync(Database, repository, goal, Data);

    public async ValueTask DisposeAsync()
    {
        Watch.Dispose();
        await _hints.DisposeAsync();
        await _model.DisposeAsync();
        await Database.DisposeAsync();
        _folder.Dispose();
    }
}
