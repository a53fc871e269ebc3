using System.Text.Json;
using AgentOS.Activities.Models;

namespace AgentOS.Activities.Tests.Models;

public class LlmYamlTests
{
    private const string OfNames = """
        # config/llm.yaml
        providers:
          deepseek:
            api_key: ${DEEPSEEK_API_KEY}
            base_url: https://api.deepseek.com
            models:
              - deepseek-reasoner  # DeepSeek R1 (Planning/Reasoning)
              - deepseek-chat      # DeepSeek V3 (Coding/General)

          opencode: # Generic OpenAI-compatible provider (e.g. Kimi, Qwen, Local)
            api_key: ${OPENCODE_API_KEY}
            base_url: ${OPENCODE_BASE_URL}
            models:
              - moonshot-v1-8k  # Kimi
              - qwen-2.5-coder

        # Role-based model assignment
        roles:
          orchestrator:
            primary: deepseek-reasoner
            fallback: deepseek-chat

          worker:
            primary: deepseek-chat
            fallback: opencode/moonshot-v1-8k

          reviewer:
            primary: deepseek-reasoner
            fallback: deepseek-chat

          heartbeat:
            primary: deepseek-chat  # Extremely cheap
            fallback: opencode/moonshot-v1-8k
        """;

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["DEEPSEEK_API_KEY"] = "sk-deep-1234567890",
        ["OPENCODE_API_KEY"] = "sk-open-1234567890",
        ["OPENCODE_BASE_URL"] = "https://open.example.com/v1",
    };

    private static ModelConfiguration Read(string text, Dictionary<string, string>? environment = null) =>
        ModelConfigurationReader.Read(text, "llm.yaml", name => (environment ?? Environment).GetValueOrDefault(name));

    private static string Complaint(string text) => Should.Throw<ModelConfigurationException>(() => Read(text)).Message;

    [Fact]
    public void Models_given_as_names_alone_are_read()
    {
        var read = Read(OfNames);

        read.Roles.Keys.Order().ShouldBe(["heartbeat", "orchestrator", "reviewer", "worker"]);
        read.Role("worker").Primary.ToString().ShouldBe("deepseek/deepseek-chat");
        read.Role("worker").Fallback!.ToString().ShouldBe("opencode/moonshot-v1-8k");
        read.Providers["opencode"].BaseUrl.ShouldBe(new Uri("https://open.example.com/v1"));
        read.Role("worker").Primary.HasPrice.ShouldBeFalse();
        read.Problems().ShouldBeEmpty();
        read.Notes().Count.ShouldBe(3);
        read.Notes()[0].ShouldContain("deepseek/deepseek-reasoner has no price");
    }

    [Fact]
    public void The_configuration_that_ships_is_read_and_prices_what_its_primaries_do()
    {
        var read = Read(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "config", "llm.yaml")));

        read.Problems().ShouldBeEmpty();
        read.Roles.Values.ShouldAllBe(role => role.Primary.HasPrice);
    }

    [Fact]
    public void Prices_context_and_role_settings_are_read()
    {
        var read = Read("""
            providers:
              p:
                base_url: http://127.0.0.1:1/v1
                models:
                  - name: m
                    input: 0.27
                    output: 1.10
                    cached_input: 0.07
                    context: 64_000
                    max_output: 8000
            roles:
              worker: { primary: m, temperature: 0.2, max_output: 4000, timeouts: { first_token: 2.5, idle: 1 } }
            """);

        read.Role("worker").Primary.ShouldBe(new Model("p", "m", 0.27m, 1.10m, 0.07m, 64000, 8000));
        read.Role("worker").Temperature.ShouldBe(0.2);
        read.Role("worker").MaxOutputTokens.ShouldBe(4000);
        read.Role("worker").Timeouts.ShouldBe(ModelTimeouts.Default with { FirstToken = TimeSpan.FromSeconds(2.5), Idle = TimeSpan.FromSeconds(1) });
        read.Providers["p"].ApiKey.ShouldBeNull();
        read.Providers["p"].Problem.ShouldBeNull();
    }

    [Fact]
    public void A_variable_that_is_not_set_is_a_problem_only_where_a_role_needs_it()
    {
        var read = Read(OfNames.Replace("fallback: opencode/moonshot-v1-8k", "fallback: deepseek-reasoner", StringComparison.Ordinal), []);

        var problem = read.Problems().ShouldHaveSingleItem();
        problem.ShouldContain("llm.yaml:4: the environment variable DEEPSEEK_API_KEY is not set");
        problem.ShouldContain("needed by: orchestrator, worker, reviewer, heartbeat");
    }

    [Fact]
    public void Variables_are_expanded_in_keys_and_addresses_only()
    {
        var read = Read("""
            providers:
              p: { base_url: "http://${HOST}/v1", models: ["${DEEPSEEK_API_KEY}"] }
            roles: { worker: { primary: "${DEEPSEEK_API_KEY}" } }
            """, new() { ["HOST"] = "h:9", ["DEEPSEEK_API_KEY"] = "secret" });

        read.Providers["p"].BaseUrl.ShouldBe(new Uri("http://h:9/v1"));
        read.Role("worker").Primary.Name.ShouldBe("${DEEPSEEK_API_KEY}");
    }

    [Theory]
    [InlineData("", "llm.yaml: the file is empty")]
    [InlineData("- a", "llm.yaml:1: the file must be a list of 'key: value' lines")]
    [InlineData("providers:\n  a: {\n", "llm.yaml:3: this is not valid YAML")]
    [InlineData("providers: {}\nproviders: {}", "llm.yaml:2: this is not valid YAML")]
    [InlineData("roles: {}", "'providers:' is missing")]
    [InlineData("providers: {}", "'roles:' is missing")]
    [InlineData("providers:\n  a: {base_url: 'http://x', models: [m, m]}\nroles: {}", "llm.yaml:2: provider 'a' lists the model 'm' twice")]
    [InlineData("providers:\n  a: {base_url: x, models: [m]}\nroles: {}", "llm.yaml:2: base_url of provider 'a' is not an address")]
    [InlineData("providers:\n  a: {base_url: 'http://x', models: [m]}\nroles:\n  worker: {primary: n}", "llm.yaml:4: primary of role 'worker': there is no model 'n'. Known are a/m")]
    [InlineData("providers:\n  a: {base_url: 'http://x', models: [m]}\nroles:\n  worker: {primary: a/n}", "provider 'a' has no model 'n'")]
    [InlineData("providers:\n  a: {base_url: 'http://x', models: [m]}\n  b: {base_url: 'http://x', models: [m]}\nroles:\n  worker: {primary: m}", "llm.yaml:5: primary of role 'worker': the model 'm' is in several providers; write one of a/m, b/m")]
    [InlineData("providers:\n  a: {base_url: 'http://x', models: [m]}\nroles:\n  coder: {primary: m}", "llm.yaml:4: 'roles' has no setting 'coder'. Known are orchestrator, worker, reviewer, heartbeat")]
    [InlineData("providers:\n  a: {base_url: 'http://x', models: [m]}\nroles:\n  worker: {primry: m}", "llm.yaml:4: role 'worker' has no setting 'primry'")]
    [InlineData("providers:\n  a: {base_url: 'http://x', models: [{name: m, input: -1, output: 2}]}\nroles: {}", "llm.yaml:2: input of model 'm' must be a number of 0 or more")]
    [InlineData("providers:\n  a: {base_url: 'http://x', models: [{name: m, input: 1}]}\nroles: {}", "needs both prices")]
    [InlineData("providers:\n  a: {models: [m]}\nroles: {}", "llm.yaml:2: provider 'a' needs a 'base_url'")]
    public void What_is_wrong_is_said_with_its_line(string text, string complaint) => Complaint(text).ShouldContain(complaint);

    [Fact]
    public void A_role_that_is_not_there_says_what_to_add() =>
        Should.Throw<ModelConfigurationException>(() => Read("providers: {}\nroles: {}").Role("reviewer")).Message.ShouldContain("Add under 'roles:' the lines 'reviewer:'");

    [Fact]
    public void Keys_neither_print_nor_serialise()
    {
        var read = Read(OfNames);

        (read.ToString() + read.Providers["deepseek"] + JsonSerializer.Serialize(read) + $"{read.Providers["deepseek"].ApiKey}")
            .ShouldNotContain("1234567890");
        read.Scrub("bearer sk-deep-1234567890!").ShouldBe("bearer ***!");
    }

    [Fact]
    public void The_data_folders_file_wins_and_a_change_is_seen_and_a_broken_change_is_not_taken()
    {
        using var folder = new Folder();
        var (own, installed) = (Path.Combine(folder.Path, "own.yaml"), Path.Combine(folder.Path, "installed.yaml"));
        var file = new ModelConfigurationFile([own, installed], Environment.GetValueOrDefault);

        Should.Throw<ModelConfigurationException>(() => file.Current).Message.ShouldContain("there is no model configuration");
        File.WriteAllText(installed, OfNames);
        file.Current.File.ShouldBe(installed);
        File.WriteAllText(own, "providers: {p: {base_url: 'http://x', models: [m]}}\nroles: {worker: {primary: m}}");
        file.Current.File.ShouldBe(own);
        File.WriteAllText(own, "providers: {p: {base_url: 'http://x', models: [m, longer]}}\nroles: {worker: {primary: longer}}");
        file.Current.Role("worker").Primary.Name.ShouldBe("longer");
        File.WriteAllText(own, "providers: [");
        file.Current.Role("worker").Primary.Name.ShouldBe("longer");
        file.Problem!.ShouldContain("not valid YAML");
        File.Delete(own);
        file.Current.File.ShouldBe(installed);
        file.Problem.ShouldBeNull();
    }

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("agentos-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
