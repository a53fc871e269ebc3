using AgentOS.Activities.Models;
using AgentOS.Testing.Models;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Tests.Models;

/// <summary>A gateway whose worker has the scripted endpoints as primary and fallback. Delays are of a millisecond.</summary>
internal sealed class GatewayFixture : IDisposable
{
    public const string Key = "sk-very-secret-0123456789";

    private static readonly RetryPolicy Quick = new(3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2), TimeSpan.FromSeconds(30));

    private readonly string _folder = Directory.CreateTempSubdirectory("agentos-").FullName;
    private readonly ModelClients _clients = new();

    public GatewayFixture(ScriptedModel primary, ScriptedModel? fallback = null, decimal? budget = null, string roleSettings = "", RetryPolicy? retries = null, IModelCallLedger? ledger = null)
    {
        Ledger = new MemoryLedger(budget);
        var file = Path.Combine(_folder, "llm.yaml");
        File.WriteAllText(file, $$"""
            providers:
              main:
                api_key: ${MAIN_KEY}
                base_url: {{primary.Url}}
                models:
                  - { name: first, input: 1, cached_input: 0.1, output: 10, max_output: 1000 }
              other:
                api_key: ${OTHER_KEY}
                base_url: {{(fallback ?? primary).Url}}
                models: [second]
            roles:
              worker:
                primary: first
                {{(fallback is null ? "" : "fallback: second")}}
                {{roleSettings}}
            """);
        Gateway = new(new ModelConfigurationFile([file], name => name == "MAIN_KEY" ? Key : "sk-other-0123456789"), _clients, ledger ?? Ledger, retries ?? Quick);
    }

    public ModelGateway Gateway { get; }

    public MemoryLedger Ledger { get; }

    public List<ModelDelta> Deltas { get; } = [];

    public static ModelRequest Request(params AITool[] tools) =>
        new("worker", [new(ChatRole.System, "You code."), new(ChatRole.User, "Do it.")], tools, "session:1");

    public Task<ModelOutcome> AskAsync(ModelRequest? request = null, CancellationToken cancellation = default) =>
        Gateway.AskAsync(request ?? Request(), delta => { Deltas.Add(delta); return ValueTask.CompletedTask; }, cancellation);

    public static readonly AIFunction WriteFile = AIFunctionFactory.Create((string path, string content) => "written", "write_file", "Writes a file.");

    public void Dispose()
    {
        _clients.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
