using AgentOS.Engine.Host;
using AgentOS.Engine.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;

// The engine alone, for its tests and for work on it: AgentOS.Engine.Host CONNECTION-STRING [URL]. Without a URL it chooses a port.
// It says where it listens on its first line, and lets anybody in: only for loopback.
var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace); // not before the first line
builder.Services.AddHttpClient();
builder.Services.AddWorkflowEngine(options =>
{
    options.ConnectionString = args[0];
    options.ActivityAssemblies.Add(typeof(Call).Assembly);
});
var app = builder.Build();
app.UseWorkflowHttpTriggers();
app.MapWorkflowEngineApi();
app.Urls.Add(args.Length > 1 ? args[1] : "http://127.0.0.1:0");
await app.StartAsync();
Console.WriteLine(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
await app.WaitForShutdownAsync();
