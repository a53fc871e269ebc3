using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Evidence;
using AgentOS.Kernel.Tasks;
using Npgsql;

namespace AgentOS.Kernel.Tests.Database;

/// <summary>Each with plain SQL, as anyone with the application's connection could try it.</summary>
public sealed class The_database_refuses : KernelTest
{
    [Theory]
    [InlineData("UPDATE tasks SET status = 'finished'")]
    [InlineData("UPDATE tasks SET kind = 'chore'")]
    [InlineData("UPDATE tasks SET title = '  '")]
    [InlineData("UPDATE tasks SET attempt = 4")]
    [InlineData("UPDATE tasks SET status = 'assigned'")]
    [InlineData("UPDATE tasks SET head_sha = 'main'")]
    [InlineData("INSERT INTO agents (name, role, model) VALUES ('x', 'manager', 'm')")]
    [InlineData("INSERT INTO agents (name, role, model, status) VALUES ('x', 'worker', 'm', 'asleep')")]
    [InlineData("INSERT INTO messages (content, message_type) VALUES ('x', 'gossip')")]
    [InlineData("INSERT INTO messages (content, message_type) VALUES ('x', 'answer')")]
    public async Task a_word_it_does_not_know(string sql)
    {
        await TaskAsync();
        (await RefusedSqlAsync(sql)).SqlState.ShouldBeOneOf(PostgresErrorCodes.CheckViolation, DatabaseErrors.Fixed);
    }

    [Theory]
    [InlineData("inbox", "review")]
    [InlineData("inbox", "done")]
    [InlineData("blocked", "review")]
    [InlineData("blocked", "done")]
    [InlineData("cancelled", "inbox")]
    public async Task a_step_that_no_task_takes(string from, string to)
    {
        await TaskAsync();
        if (from != "inbox") await SqlAsync($"UPDATE tasks SET status = '{from}'");
        (await RefusedSqlAsync($"UPDATE tasks SET status = '{to}'")).SqlState.ShouldBe(DatabaseErrors.IllegalChange);
    }

    [Theory]
    [InlineData("'done'")]
    [InlineData("'review'")]
    public async Task a_task_that_begins_at_its_end(string status) =>
        (await RefusedSqlAsync($"INSERT INTO tasks (title, status) VALUES ('x', {status})")).SqlState.ShouldBe(DatabaseErrors.IllegalChange);

    [Theory]
    [InlineData("UPDATE tasks SET kind = 'goal'")]
    [InlineData("UPDATE tasks SET spent_usd = 0, reserved_usd = 1")]
    [InlineData("UPDATE tasks SET created_at = now()")]
    [InlineData("DELETE FROM tasks")]
    [InlineData("TRUNCATE tasks CASCADE")]
    [InlineData("UPDATE activities SET message = 'nothing happened'")]
    [InlineData("DELETE FROM activities")]
    [InlineData("TRUNCATE activities CASCADE")]
    [InlineData("UPDATE evidence SET passed = TRUE")]
    [InlineData("DELETE FROM evidence")]
    [InlineData("TRUNCATE evidence CASCADE")]
    [InlineData("UPDATE session_entries SET content = '{}'")]
    [InlineData("DELETE FROM model_calls")]
    [InlineData("DELETE FROM merges")]
    [InlineData("UPDATE model_calls SET cost_usd = 0, outcome = 'failed'")]
    [InlineData("UPDATE agent_sessions SET attempt = 9")]
    public async Task a_change_of_what_is_fixed(string sql)
    {
        await TeamAsync();
        var task = await TaskAsync();
        await ApprovedAsync(task, Sha(1));
        await Merges.EnqueueAsync(task.Id, Sha(1), Token);
        var session = await Sessions.OpenAsync(new(AgentRole.Worker, "code", task.Id), Token);
        await Sessions.AppendAsync(session.Id, 0, [new("user", "{\"text\":\"hello\"}")], Token);
        var call = (await Calls.StartAsync(new("step", "p", "m", "{}", 0.1m) { SessionId = session.Id }, Token)).ShouldBeOfType<Kernel.ModelCalls.ModelCallStart.Started>().Call;
        await Calls.FinishAsync(call.Id, new("{}", 1, 1, 0.05m), cancellation: Token);
        (await RefusedSqlAsync(sql)).SqlState.ShouldBe(DatabaseErrors.Fixed);
    }

    [Fact]
    public async Task a_cycle_of_dependencies()
    {
        var goal = await GoalAsync();
        var a = await TaskAsync("a", goal: goal.Id);
        var b = await TaskAsync("b", 0, goal.Id, a.Id);
        var c = await TaskAsync("c", 0, goal.Id, b.Id);
        (await RefusedSqlAsync($"INSERT INTO task_dependencies VALUES ('{a.Id}', '{c.Id}')")).SqlState.ShouldBe(DatabaseErrors.Cycle);
        (await RefusedSqlAsync($"INSERT INTO task_dependencies VALUES ('{a.Id}', '{a.Id}')")).SqlState.ShouldBe(DatabaseErrors.Cycle);
        (await RefusedSqlAsync($"UPDATE task_dependencies SET depends_on_id = '{c.Id}' WHERE task_id = '{b.Id}'")).SqlState.ShouldBe(DatabaseErrors.Fixed);
    }

    [Fact]
    public async Task a_cycle_that_two_transactions_close_together()
    {
        var goal = await GoalAsync();
        var a = await TaskAsync("a", goal: goal.Id);
        var b = await TaskAsync("b", goal: goal.Id);
        await using var first = await Database.OpenConnectionAsync(Token);
        await using var second = await Database.OpenConnectionAsync(Token);
        await using var begun = await first.BeginTransactionAsync(Token);
        await using (var insert = new NpgsqlCommand($"INSERT INTO task_dependencies VALUES ('{a.Id}', '{b.Id}')", first)) await insert.ExecuteNonQueryAsync(Token);
        await using var other = new NpgsqlCommand($"INSERT INTO task_dependencies VALUES ('{b.Id}', '{a.Id}')", second);
        var racing = other.ExecuteNonQueryAsync(Token);
        racing.IsCompleted.ShouldBeFalse();
        await begun.CommitAsync(Token);
        (await Should.ThrowAsync<PostgresException>(() => racing)).SqlState.ShouldBe(DatabaseErrors.Cycle);
    }

    [Fact]
    public async Task a_cycle_that_a_transaction_cannot_see()
    {
        var goal = await GoalAsync();
        var (a, b) = (await TaskAsync("a", goal: goal.Id), await TaskAsync("b", goal: goal.Id));
        (await RefusedSqlAsync($"BEGIN ISOLATION LEVEL REPEATABLE READ; INSERT INTO task_dependencies VALUES ('{a.Id}', '{b.Id}'); COMMIT")).SqlState.ShouldBe(DatabaseErrors.Cycle);
    }

    [Fact]
    public async Task a_dependency_between_tasks_of_different_goals()
    {
        var (one, two) = (await TaskAsync("a", goal: (await GoalAsync()).Id), await TaskAsync("b", goal: (await GoalAsync()).Id));
        (await RefusedSqlAsync($"INSERT INTO task_dependencies VALUES ('{one.Id}', '{two.Id}')")).SqlState.ShouldBe(DatabaseErrors.Cycle);
    }

    [Fact]
    public async Task work_on_a_task_whose_dependencies_are_not_done()
    {
        await TeamAsync();
        var first = await TaskAsync("first");
        var second = await TaskAsync("second", 0, null, first.Id);
        (await RefusedSqlAsync($"UPDATE tasks SET status = 'in_progress' WHERE id = '{second.Id}'")).SqlState.ShouldBe(DatabaseErrors.NotReady);
        await Should.ThrowAsync<RefusedException>(() => Agents.ClaimWorkerAsync(second.Id, cancellation: Token));
    }

    [Fact]
    public async Task a_goal_that_is_done_before_its_tasks()
    {
        var goal = await GoalAsync();
        await TaskAsync(goal: goal.Id);
        (await RefusedSqlAsync($"UPDATE tasks SET status = 'done' WHERE id = '{goal.Id}'")).SqlState.ShouldBe(DatabaseErrors.NotReady);
    }

    [Fact]
    public async Task tasks_below_a_task_or_below_a_goal_that_has_ended()
    {
        var (task, goal) = (await TaskAsync(), await GoalAsync());
        await Tasks.DoAsync(goal.Id, new TaskCommand.CompleteGoal(null), cancellation: Token);
        (await RefusedSqlAsync($"INSERT INTO tasks (title, parent_task_id) VALUES ('x', '{task.Id}')")).SqlState.ShouldBe(DatabaseErrors.Fixed);
        (await RefusedSqlAsync($"INSERT INTO tasks (title, parent_task_id) VALUES ('x', '{goal.Id}')")).SqlState.ShouldBe(DatabaseErrors.IllegalChange);
    }

    [Fact]
    public async Task goals_that_are_nested_without_end()
    {
        Guid? parent = null;
        for (var depth = 0; depth <= 8; depth++) parent = (await GoalAsync(parent: parent)).Id;
        (await RefusedSqlAsync($"INSERT INTO tasks (title, kind, parent_task_id) VALUES ('x', 'goal', '{parent}')")).SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
    }

    [Fact]
    public async Task evidence_whose_log_is_not_what_was_hashed_or_whose_exit_code_says_otherwise()
    {
        var task = await TaskAsync();
        var good = $"'{task.Id}', 'test', '{Sha(1)}'";
        (await RefusedSqlAsync($"INSERT INTO evidence (task_id, kind, commit_sha, passed, exit_code, log, log_sha256) VALUES ({good}, TRUE, 0, 'all good', '{new string('0', 64)}')")).ConstraintName.ShouldBe("evidence_log_is_what_was_hashed");
        const string empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        (await RefusedSqlAsync($"INSERT INTO evidence (task_id, kind, commit_sha, passed, exit_code, log_sha256) VALUES ({good}, TRUE, 1, '{empty}')")).ConstraintName.ShouldBe("evidence_exit_code_agrees");
        (await RefusedSqlAsync($"INSERT INTO evidence (task_id, kind, commit_sha, passed, log_sha256) VALUES ({good}, TRUE, '{empty}')")).ConstraintName.ShouldBe("evidence_tests_ran");
    }

    [Fact]
    public async Task a_verdict_of_a_coder_on_its_own_work()
    {
        await TeamAsync();
        var (task, other) = (await ClaimedAsync(await TaskAsync()), await TaskAsync("other"));
        foreach (var session in (Kernel.Sessions.Session[])[await Sessions.OpenAsync(new(AgentRole.Worker, "code", task.Id), Token), await Sessions.OpenAsync(new(AgentRole.Reviewer, "review", other.Id), Token)])
            await Should.ThrowAsync<RefusedException>(() => Evidence.RecordAsync(new(task.Id, EvidenceKind.Verdict, Sha(1), true) { SessionId = session.Id }, Token));
    }

    [Fact]
    public async Task two_workers_on_one_task_or_two_tasks_for_one_worker()
    {
        await TeamAsync(2);
        var (one, two) = (await ClaimedAsync(await TaskAsync("one")), await TaskAsync("two"));
        (await RefusedSqlAsync($"UPDATE agents SET current_task_id = '{one.Id}' WHERE role = 'worker' AND current_task_id IS NULL")).SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
        (await RefusedSqlAsync($"UPDATE agents SET current_task_id = '{two.Id}' WHERE current_task_id IS NOT NULL")).SqlState.ShouldBe(DatabaseErrors.IllegalChange);
        (await RefusedSqlAsync($"UPDATE agents SET current_task_id = '{two.Id}' WHERE role = 'reviewer'")).SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
    }
}
