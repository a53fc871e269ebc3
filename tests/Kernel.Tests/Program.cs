using AgentOS.Server.Hosting.Postgres;
using Xunit.Runner.InProc.SystemConsole;

// "serve FOLDER": a server with its PostgreSQL, to be killed by a test. Anything else: the tests.
if (args is not ["serve", var folder]) return await ConsoleRunner.Run(args);

await using var postgres = await EmbeddedPostgres.StartAsync(new(folder) { InitdbArguments = ["--no-sync"] });
Console.WriteLine(postgres.ConnectionString);
await Console.In.ReadLineAsync();
return 0;
