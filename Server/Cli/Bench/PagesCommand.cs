using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using AgentOS.Kernel;
using AgentOS.Kernel.Messages;
using AgentOS.Kernel.Tasks;
using AgentOS.Server.Api;
using Npgsql;

namespace AgentOS.Server.Cli.Bench;

/// <summary>bench pages: how soon the pages answer with much in the database, and how soon open ones show a change.</summary>
internal static class PagesCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private const int WarmUp = 10;

    public static Command Create()
    {
        var tasks = BenchCommand.Number("--tasks", 1_000_000, 200, 10_000_000, "Tasks in the database.");
        var rows = BenchCommand.Number("--rows", 10_000_000, 200, 100_000_000, "Rows of the log in it.");
        var requests = BenchCommand.Number("--requests", 200, 1, 100_000, "Requests of each kind, one after the other.");
        var clients = BenchCommand.Number("--clients", 50, 1, 1000, "Pages that are open at the same time.");
        var changes = BenchCommand.Number("--changes", 100, 1, 10_000, "Changes that each open page is to show, after as many to warm up.");
        var pace = BenchCommand.Number("--pace", 30, 1, 6000, "Tasks a minute that are coded and merged meanwhile. The demo does about 22.");
        var json = CommonOptions.Json();
        var command = new Command("pages", "How soon Mission Control's pages answer with a year's history in the database, and how soon those that are open show a change.") { tasks, rows, requests, clients, changes, pace, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var server = await BenchServer.StartAsync(workers: 4, cancellation);
            await server.AddRepositoryAsync(cancellation);
            var clock = Stopwatch.StartNew();
            await Watching.ShowAsync("Writing the history", async say =>
            {
                await new PagesData(server.Database, parsed.GetValue(tasks), parsed.GetValue(rows)).MakeAsync(step => say($"Writing the history: {step}"), cancellation);
                return true;
            });
            var filled = clock.Elapsed.TotalSeconds;
            var answers = await Watching.ShowAsync("Asking for pages", () => AnswersAsync(server, parsed.GetValue(requests), cancellation));
            var seen = await Watching.ShowAsync("Changing what is open", () => ChangesAsync(server, parsed.GetValue(clients), parsed.GetValue(changes), parsed.GetValue(pace), cancellation));
            var report = new PagesReport(true, parsed.GetValue(tasks), parsed.GetValue(rows), Math.Round(filled, 1), await SizeAsync(server.Database, cancellation), answers, parsed.GetValue(clients), parsed.GetValue(pace), seen);
            if (parsed.GetValue(json)) Output.Json(report);
            else Print(report);
            return ExitCode.Done;
        });
        return command.Example("agentos bench pages --tasks 100000 --rows 1000000");
    }

    private static async Task<IReadOnlyList<AnswerLine>> AnswersAsync(BenchServer server, int requests, CancellationToken cancellation)
    {
        using var http = Client(server);
        var ids = await SomeAsync(server, "WHERE t.kind = 'code'", cancellation);
        var transcripts = await SomeAsync(server, "JOIN agent_sessions s ON s.task_id = t.id AND s.entry_count > 0", cancellation);
        var goals = await SomeAsync(server, "WHERE t.kind = 'goal'", cancellation);
        var last = await LastAsync(server.Database, cancellation);
        var random = new Random(1);
        string Task(IReadOnlyList<Guid> of) => of[random.Next(of.Count)].ToString();
        long Position() => random.NextInt64(1, last);
        (string What, Func<string> Path)[] kinds =
        [
            ("board", () => "/"),
            ("board of a goal", () => $"/?goal={Task(goals)}"),
            ("board by words", () => $"/?find=invoice+shop+{random.Next(1, 999)}"),
            ("goals", () => "/goals"),
            ("goal", () => $"/goals/{Task(goals)}"),
            ("costs", () => "/costs"),
            ("costs of a year", () => "/costs?days=365"),
            ("workflows", () => "/loop"),
            ("status", () => "/status"),
            ("task", () => $"/tasks/{Task(ids)}"),
            ("task: session", () => $"/tasks/{Task(transcripts)}?tab=session"),
            ("task: checks", () => $"/tasks/{Task(ids)}?tab=checks"),
            ("feed", () => "/activity"),
            ("feed by kind of event", () => "/activity?kind=review"),
            ("feed of an agent", () => "/activity?agent=worker-1"),
            ("feed, further back", () => $"/api/log?before={Position()}&limit=50"),
            ("feed of a task", () => $"/api/log?task={Task(ids)}&limit=50"),
        ];

        List<AnswerLine> lines = [];
        foreach (var (what, path) in kinds)
        {
            var times = new double[requests];
            for (var n = -WarmUp; n < requests; n++)
            {
                var begun = Stopwatch.GetTimestamp();
                using var answer = await http.GetAsync(new Uri(path(), UriKind.Relative), cancellation);
                await answer.Content.ReadAsByteArrayAsync(cancellation);
                if (n >= 0) times[n] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
                if (!answer.IsSuccessStatusCode) throw new AgentOSException($"{answer.RequestMessage!.RequestUri} was answered with {(int)answer.StatusCode}.");
            }

            lines.Add(new(what, At(times, 0.5), At(times, 0.95), At(times, 0.99), Math.Round(times.Max(), 1)));
        }

        return lines;
    }

    /// <summary>
    /// Three kinds of pages are open: the board, the feed, one task. Each change is a new task, the first of its column, which board and feed show, and a word to the open task.
    /// The new tasks wait for one that a person holds, so that nobody works on them; other tasks are coded meanwhile, so many a minute.
    /// </summary>
    private static async Task<IReadOnlyList<AnswerLine>> ChangesAsync(BenchServer server, int clients, int changes, int pace, CancellationToken cancellation)
    {
        using var http = Client(server);
        var held = await server.Client.PostAsync<AgentTask>("/api/tasks", new { title = "Held by a person", repository = "trivial" }, cancellation);
        await server.Client.PostAsync<TaskIds>($"/api/tasks/{held.Id}/stop", new { reason = "a person holds it" }, cancellation);
        using var measured = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var working = WorkAsync(server, TimeSpan.FromMinutes(1) / pace, measured.Token);
        var open = (await SomeAsync(server, "WHERE t.status IN ('in_progress', 'review', 'blocked') AND t.kind = 'code'", cancellation))[0];
        (string What, string Path)[] kinds = [("board", "/"), ("feed", "/activity"), ("task", $"/tasks/{open}")];
        List<(string What, OpenPage Page)> pages = [];
        Dictionary<string, List<double>> late = [];
        try
        {
            for (var n = 0; n < clients; n++) pages.Add((kinds[n % kinds.Length].What, await OpenPage.OpenAsync(http, server.Token, kinds[n % kinds.Length].Path, cancellation)));
            for (var n = 1 - changes; n <= changes; n++)
            {
                var (title, word) = ($"Change {changes + n:00000} of the open pages", $"Word {changes + n:00000} to the open task");
                var waits = pages.Select(page => (page.What, Seen: page.Page.SeesAsync(page.What == "task" ? word : title))).ToList();
                var made = await server.Client.PostAsync<AgentTask>("/api/tasks", new { title, repository = "trivial", priority = 100 + changes + n, dependsOn = new[] { held.Id } }, cancellation);
                var said = await server.Client.PostAsync<Message>("/api/messages", new { task = open, content = word }, cancellation);
                foreach (var (what, seen) in waits)
                {
                    var at = await seen.WaitAsync(Longest, cancellation);
                    if (n < 1) continue;
                    if (!late.TryGetValue(what, out var times)) late[what] = times = [];
                    times.Add((at - (what == "task" ? said.CreatedAt : made.CreatedAt).UtcDateTime).TotalMilliseconds);
                }
            }
        }
        finally
        {
            await measured.CancelAsync();
            foreach (var (_, page) in pages) await page.DisposeAsync();
        }

        await working;

        late["all"] = [.. late.Values.SelectMany(times => times)];
        return [.. late.Select(line => new AnswerLine(line.Key, At(line.Value, 0.5), At(line.Value, 0.95), At(line.Value, 0.99), Math.Round(line.Value.Max(), 1)))];
    }

    private static async Task WorkAsync(BenchServer server, TimeSpan between, CancellationToken stop)
    {
        var work = new BenchTasks(server, "trivial");
        using var timer = new PeriodicTimer(between);
        try
        {
            for (var n = 1; await timer.WaitForNextTickAsync(stop); n++) await work.GiveAsync($"Worked on meanwhile {n}", Guid.CreateVersion7(), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is measured is over.
        }
    }

    private static HttpClient Client(BenchServer server) => new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        BaseAddress = new(server.Running.Url),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", server.Token), Accept = { new("text/html"), new("application/json") } },
    };

    private static async Task<IReadOnlyList<Guid>> SomeAsync(BenchServer server, string condition, CancellationToken cancellation) =>
        await IdsAsync(server, $"SELECT t.id FROM tasks t {condition} ORDER BY random() LIMIT 500", cancellation);

    private static async Task<IReadOnlyList<Guid>> IdsAsync(BenchServer server, string sql, CancellationToken cancellation)
    {
        List<Guid> ids = [];
        await using var ask = server.Database.CreateCommand(sql);
        await using var rows = await ask.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) ids.Add(rows.GetGuid(0));
        return ids;
    }

    private static async Task<long> LastAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var ask = database.CreateCommand("SELECT max(position) FROM activities");
        return (long)(await ask.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<long> SizeAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var ask = database.CreateCommand("SELECT pg_database_size(current_database())");
        return (long)(await ask.ExecuteScalarAsync(cancellation))!;
    }

    private static double At(IReadOnlyCollection<double> times, double part) => Math.Round(times.Order().ElementAt((int)((times.Count - 1) * part)), 1);

    private static void Print(PagesReport report)
    {
        static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
        static string[] Row(AnswerLine line) => [line.What, Text(line.P50Ms), Text(line.P95Ms), Text(line.P99Ms), Text(line.MaxMs)];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Tasks:N0} tasks and {report.Rows:N0} rows of the log, {report.DatabaseBytes / 1e9:0.0} GB, written in {report.FillSeconds:0} s."));
        Output.Table(["page", "p50 ms", "p95 ms", "p99 ms", "max ms"], [.. report.Answers.Select(Row)], "Nothing was measured.");
        Console.WriteLine($"From a change's commit until {report.Clients} open pages had it drawn, while {report.Pace} tasks a minute were coded:");
        Output.Table(["page", "p50 ms", "p95 ms", "p99 ms", "max ms"], [.. report.Changes.Select(Row)], "Nothing was measured.");
    }
}

/// <summary>What <c>bench pages --json</c> prints.</summary>
/// <param name="Answers">Whole answers over HTTP, one request after the other.</param>
/// <param name="Pace">Tasks a minute that were coded and merged while the changes were measured.</param>
/// <param name="Changes">From the commit of a change (more exactly, from the time that its transaction writes into its rows) to its arrival in an open page.</param>
internal sealed record PagesReport(bool Ok, int Tasks, int Rows, double FillSeconds, long DatabaseBytes, IReadOnlyList<AnswerLine> Answers, int Clients, int Pace, IReadOnlyList<AnswerLine> Changes);

internal sealed record AnswerLine(string What, double P50Ms, double P95Ms, double P99Ms, double MaxMs);
