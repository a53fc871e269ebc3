using System.CommandLine;
using System.Globalization;
using AgentOS.Kernel.ModelCalls;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli;

/// <summary>model list, ping, try.</summary>
internal static class ModelCommands
{
    public static Command Create() => new("model", "Models, their prices and roles (llm.yaml).") { List(), Ping(), Try() };

    private static Command List() => ApiCommand.Create("list", "List providers, models and roles; of keys only whether they are there.", [], [], (_, client, cancellation) =>
        client.GetAsync<ModelCatalogue>("/api/models", cancellation), settings =>
        {
            Console.WriteLine(Output.OneLine(settings.File));
            Output.Table(["provider", "model", "key", "USD per million tokens in", "out", "context"],
                [.. settings.Providers.SelectMany(provider => provider.Models.Select(model => (string[])
                    [provider.Name, model.Name, provider.HasKey ? "present" : provider.Problem is null ? "none" : "absent", Price(model.Input), Price(model.Output), model.ContextTokens.ToString("N0", CultureInfo.InvariantCulture)]))], "There are no models.");
            Output.Table(["role", "model", "fallback"], [.. settings.Roles.Select(role => (string[])[role.Name, role.Primary, role.Fallback ?? ""])], "No role has a model.");
            foreach (var problem in settings.Problems) Console.Error.WriteLine(Output.OneLine(problem));
        })
        .Example("agentos model list");

    private static Command Ping() => ApiCommand.Create("ping", "Ask each provider that a role uses whether it is there and takes its key. Costs nothing.", [], [], (_, client, cancellation) =>
        client.PostAsync<ModelsPinged>("/api/models/ping", null, cancellation), pinged =>
        {
            if (pinged.Ok) Console.WriteLine("All providers answer.");
            foreach (var problem in pinged.Problems) Console.WriteLine(Output.OneLine(problem));
        }, pinged => pinged.Ok)
        .Example("agentos model ping");

    private static Command Try()
    {
        var model = new Argument<string>("model") { Description = "As agentos model list shows it: its name, or provider/name." };
        return ApiCommand.Create("try", "Ask a model one tiny question, and say how long it took or why there is no answer.", [model], [], (parsed, client, cancellation) =>
            client.PostAsync<ModelPing>("/api/models/try", new TryModel(parsed.GetValue(model)), cancellation),
            ping => Console.WriteLine(ping.Ok ? $"{Output.OneLine(ping.Model)} answers in {ping.LatencyMs} ms ({Output.Money(ping.CostUsd)}): {Output.OneLine(ping.Message)}" : Output.OneLine(ping.Message)), ping => ping.Ok)
            .Example("agentos model try deepseek-chat");
    }

    private static string Price(decimal? price) => price?.ToString("0.####", CultureInfo.InvariantCulture) ?? "not set";
}
