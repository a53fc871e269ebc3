using System.Net.Http.Headers;
using System.Net.Http.Json;
using AgentOS.Activities.Models.Recording;
using AgentOS.Kernel.Notifications;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Api;
using AgentOS.Server.Cli;
using AgentOS.Server.Hosting;
using AgentOS.Testing.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Server.Tests.Loop;

/// <summary>The whole application on a database of its own, whose models are a <see cref="Team"/> behind a real endpoint.</summary>
internal sealed class LoopServer : IAsyncDisposable
{
    /// <summary>Long enough for a busy machine; a loop that needs it hangs.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();
    private readonly TestDatabase _database;
    private readonly RecordedModel _model;
    private readonly ServerDatabase _opened;
    private readonly WebApplication _app;

    private LoopServer(TestDatabase database, RecordedModel model, ServerDatabase opened, WebApplication app, HttpClient owner, TemporaryFolder folder) =>
        (_database, _model, _opened, _app, Owner, _folder) = (database, model, opened, app, owner, folder);

    /// <summary>With the owner's credential.</summary>
    public HttpClient Owner { get; }

    public Npgsql.NpgsqlDataSource Database => _database.DataSource;

    /// <summary>An llm.yaml whose every role uses the team.</summary>
    public string Configuration => _model.Configuration();

    public string Workspaces => _folder.In("home/workspaces");

    public Cli Cli => new(_folder.In("home")) { Variables = { ["AGENTOS_URL"] = Owner.BaseAddress!.ToString() } };

    /// <param name="configuration">Makes llm.yaml of the endpoint; the default has every role use it.</param>
    public static async Task<LoopServer> StartAsync(Team team, int workers = 3, Func<RecordedModel, string>? configuration = null)
    {
        var folder = new TemporaryFolder();
        var database = await TestDatabase.CreateEmptyAsync();
        var model = await RecordedModel.StartAsync(team.Answer);
        var settings = new ServerSettings(new(folder.In("home")), new("http://127.0.0.1:0")) { ConnectionString = database.ConnectionString, Detached = true, Workers = workers };
        settings.Data.Create();
        await File.WriteAllTextAsync(settings.Data.LlmFile, configuration?.Invoke(model) ?? model.Configuration());
        var opened = await ServerDatabase.OpenAsync(settings, CancellationToken.None);
        var app = AgentOSApplication.Build(settings, opened);
        await app.StartAsync();
        var owner = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new(AgentOSServer.AddressOf(app)) };
        owner.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.Data.ReadToken());
        return new(database, model, opened, app, owner, folder);
    }

    public T Service<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Gives a goal and waits until nothing more happens to it by itself.</summary>
    public async Task<GoalSummary> ReachAsync(string repository, string goal = "Do the work", decimal? budget = null) =>
        await EndAsync(await GiveAsync(repository, goal, budget));

    public async Task<Guid> GiveAsync(string repository, string goal = "Do the work", decimal? budget = null)
    {
        using var answer = await Owner.PostAsJsonAsync("/workflows/goals", new { goal, repository, budget_usd = budget });
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException(await answer.Content.ReadAsStringAsync(), null, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<GivenGoal>(ApiClient.Json))!.Id;
    }

    public async Task<GoalSummary> EndAsync(Guid goal) => await UntilAsync(() => SummaryAsync(goal), summary => summary.HasEnded);

    public async Task<GoalSummary> SummaryAsync(Guid goal) => (await Owner.GetFromJsonAsync<GoalSummary>($"/api/goals/{goal}", ApiClient.Json))!;

    /// <summary>All that happened, for a test that fails.</summary>
    public async Task<string> LogAsync()
    {
        await using var read = Database.CreateCommand("SELECT string_agg(event_type || ' ' || COALESCE(message, '') || ' ' || metadata, E'\n' ORDER BY position) FROM activities");
        return (string)(await read.ExecuteScalarAsync())!;
    }

    public Task<List<AgentTask>> TasksAsync(Guid goal) => Service<TaskStore>().TreeAsync(goal);

    /// <summary>Looks at each notification of the kernel, and now and then without one.</summary>
    public async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isThere)
    {
        using var hints = Service<KernelNotifications>().Subscribe();
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var seen = await look();
            if (isThere(seen)) return seen;
            if (limit.IsCancellationRequested) throw new TimeoutException($"It did not come to that within {Limit.TotalSeconds:0} s. The last that was seen: {System.Text.Json.JsonSerializer.Serialize(seen)}");
            await hints.WaitAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Owner.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _opened.DisposeAsync();
        await _model.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }
}
