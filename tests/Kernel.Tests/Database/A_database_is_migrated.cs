using Dapper;

namespace AgentOS.Kernel.Tests.Database;

public sealed class A_database_is_migrated
{
    private static readonly Migration First = new(1, "first", "CREATE TABLE one (id INT)");
    private static readonly Migration Second = new(2, "second", "CREATE TABLE two (id INT)");

    [Fact]
    public async Task once_and_then_only_by_what_is_new()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        (await Migrator.RunAsync(database.DataSource, [First], Token)).ShouldBe(1);
        (await Migrator.RunAsync(database.DataSource, [First], Token)).ShouldBe(0);
        (await Migrator.RunAsync(database.DataSource, [First, Second], Token)).ShouldBe(1);
    }

    [Fact]
    public async Task by_one_of_many_servers_that_start_together()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        var applied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Migrator.RunAsync(database.DataSource, [First, Second], Token)));
        applied.Sum().ShouldBe(2);
    }

    [Fact]
    public async Task and_a_changed_file_is_an_error_that_names_it()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await Migrator.RunAsync(database.DataSource, [First], Token);
        var error = await Should.ThrowAsync<MigrationException>(() => Migrator.RunAsync(database.DataSource, [First with { Sql = "CREATE TABLE other (id INT)" }], Token));
        error.Message.ShouldContain("0001_first was changed");
    }

    [Fact]
    public async Task but_line_ends_do_not_count_as_a_change()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await Migrator.RunAsync(database.DataSource, [new(1, "lines", "SELECT 1;\nSELECT 2;\n")], Token);
        (await Migrator.RunAsync(database.DataSource, [new(1, "lines", "SELECT 1;\r\nSELECT 2;\r\n")], Token)).ShouldBe(0);
    }

    [Fact]
    public async Task and_a_database_of_a_newer_version_is_refused()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await Migrator.RunAsync(database.DataSource, [First, Second], Token);
        (await Should.ThrowAsync<MigrationException>(() => Migrator.RunAsync(database.DataSource, [First], Token))).Message.ShouldContain("newer version");
    }

    [Fact]
    public async Task and_a_failing_file_leaves_nothing()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await Should.ThrowAsync<MigrationException>(() => Migrator.RunAsync(database.DataSource, [First, new(2, "broken", "CREATE TABLE half (id INT); SELECT nonsense;")], Token));
        await using var connection = await database.DataSource.OpenConnectionAsync(Token);
        (await connection.ExecuteScalarAsync<bool>("SELECT to_regclass('half') IS NULL AND to_regclass('one') IS NOT NULL")).ShouldBeTrue();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
