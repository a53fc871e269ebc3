using System.ComponentModel;
using System.Net;
using AgentOS.Activities.Models;
using AgentOS.Activities.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;

namespace AgentOS.Activities.Tests.Models;

public sealed class McpServersTests : IDisposable
{
    private const string Key = "mcp-key-0123456789";

    private readonly string _folder = Directory.CreateTempSubdirectory("agentos-").FullName;

    private string File => Path.Combine(_folder, "llm.yaml");

    private void Configure(string servers) => System.IO.File.WriteAllText(File, $$"""
        providers: { p: { base_url: 'http://127.0.0.1:1', models: [m] } }
        roles: { worker: { primary: m } }
        mcp_servers:
        {{servers}}
        """);

    private McpServers Servers() => new(new ModelConfigurationFile([File], _ => Key), new Sandbox(new SandboxOptions()), Path.Combine(_folder, "mcp"));

    [McpServerToolType]
    private sealed class Docs
    {
        [McpServerTool(Name = "look.up"), Description("Looks a word up.")]
        public static string LookUp(string word) => $"{word} is a word.";

        [McpServerTool(Name = "fail")]
        public static string Fail() => throw new ModelContextProtocol.McpException("no such page");
    }

    private static async Task<WebApplication> HttpServerAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddMcpServer().WithHttpTransport().WithTools<Docs>();
        var app = builder.Build();
        app.Use((context, next) =>
        {
            if (context.Request.Headers.Authorization == $"Bearer {Key}") return next(context);
            context.Response.StatusCode = 401;
            return context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"not {context.Request.Headers.Authorization}")).AsTask();
        });
        app.MapMcp("/mcp");
        await app.StartAsync();
        return app;
    }

    [Fact]
    public async Task Tools_of_a_server_on_HTTP_are_offered_under_its_name_and_run()
    {
        await using var server = await HttpServerAsync();
        Configure($$"""  docs: { base_url: '{{server.Urls.First()}}/mcp', api_key: '${MCP_KEY}', roles: [worker] }""");
        await using var servers = Servers();

        var (tools, warnings) = await servers.ToolsAsync("worker");
        var set = new ToolSet(tools);

        warnings.ShouldBeEmpty();
        tools.Select(t => t.Name).Order().ShouldBe(["docs_fail", "docs_look_up"]);
        (await set.RunAsync(new("1", "docs_look_up", """{"word":"house"}"""))).Text.ShouldBe("house is a word.");
        (await set.RunAsync(new("2", "docs_look_up", "{}"))).Text.ShouldBe("Error: 'word' (string) is missing. The call was not run.");
        (await set.RunAsync(new("3", "docs_fail", "{}"))).ShouldSatisfyAllConditions(r => r.IsError.ShouldBeTrue(), r => r.Text.ShouldContain("no such page"));
        (await servers.ToolsAsync("reviewer")).Tools.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_command_speaks_from_the_sandbox_and_sees_nothing_of_the_machine()
    {
        // A whole server in the shell: each answer takes the request's id along.
        var script = """
            while read -r line; do
              id=$(printf %s "$line" | sed -n 's/.*"id":\("[^"]*"\|[0-9]*\).*/\1/p')
              case "$line" in
                *'"initialize"'*) echo noise >&2; printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}}\n' "$id" ;;
                *'"tools/list"'*) printf '{"jsonrpc":"2.0","id":%s,"result":{"tools":[{"name":"where","inputSchema":{"type":"object"}}]}}\n' "$id" ;;
                *'"tools/call"'*) printf '{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"%s %s"}]}}\n' "$id" "$PWD" "$(cat LLM_YAML 2>/dev/null | wc -l)$SECRET" ;;
                *'"id"'*) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"no"}}\n' "$id" ;;
              esac
            done
            """.Replace("LLM_YAML", File, StringComparison.Ordinal);
        var indented = string.Join('\n', script.Split('\n').Select(l => "        " + l));
        Configure($"  local:\n    command: sh\n    args:\n      - -c\n      - |\n{indented}");
        Environment.SetEnvironmentVariable("SECRET", "leaked");
        await using var servers = Servers();

        var (tools, warnings) = await servers.ToolsAsync("worker");

        warnings.ShouldBeEmpty();
        (await new ToolSet(tools).RunAsync(new("1", "local_where", "{}"))).Text.ShouldBe("/workspace 0");
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_a_warning_and_the_others_go_on()
    {
        await using var server = await HttpServerAsync();
        var url = server.Urls.First();
        Configure($$"""
              docs: { base_url: '{{url}}/mcp', api_key: '${MCP_KEY}' }
              wrong: { base_url: '{{url}}/mcp', api_key: wrong-key-0123456789 }
              gone: { base_url: 'http://127.0.0.1:1/mcp' }
              broken: { command: /no/such/program }
            """);
        await using var servers = Servers();

        var (tools, warnings) = await servers.ToolsAsync("worker");

        tools.Count.ShouldBe(2);
        warnings.Count.ShouldBe(3);
        warnings.ShouldAllBe(w => w.Contains("cannot be used", StringComparison.Ordinal) && !w.Contains("wrong-key-0123456789", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_file_is_followed()
    {
        await using var server = await HttpServerAsync();
        Configure("  gone: { base_url: 'http://127.0.0.1:1/mcp' }");
        await using var servers = Servers();
        (await servers.ToolsAsync("worker")).Warnings.Count.ShouldBe(1);

        Configure($$"""  docs: { base_url: '{{server.Urls.First()}}/mcp', api_key: '${MCP_KEY}' }""");

        var (tools, warnings) = await servers.ToolsAsync("worker");
        (tools.Count, warnings.Count).ShouldBe((2, 0));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
