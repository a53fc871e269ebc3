using System.CommandLine;
using AgentOS.Kernel.Agents;
using AgentOS.Kernel.Database;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli;

/// <summary>agent list, create, status, pause, resume, remove.</summary>
internal static class AgentCommands
{
    public static Command Create() => new("agent", "Planners, coders and judges.") { List(), Make(), Status(), Pause("pause", "Let an agent finish what it has and take nothing new."), Pause("resume", "Let a paused agent go on."), Remove() };

    private static Command List()
    {
        var role = new Option<string?>("--role") { Description = string.Join(", ", Words.All<AgentRole>()) };
        return ApiCommand.Create("list", "List the agents.", [], [role], (parsed, client, cancellation) =>
            client.GetAsync<List<Agent>>("/api/agents" + Query.Of(("role", parsed.GetValue(role))), cancellation),
            agents => Output.Table(["name", "role", "status", "model", "since"],
                [.. agents.Select(agent => (string[])[agent.Name, agent.Role.Word(), agent.Paused ? "paused" : agent.Status.Word(), agent.Model, Output.Ago(agent.CreatedAt)])],
                "There are no agents yet."))
            .Example("agentos agent list --role worker");
    }

    private static Command Make()
    {
        var name = new Argument<string>("name") { Description = "By which people call it." };
        var role = new Option<string?>("--role") { Description = $"{string.Join(", ", Words.All<AgentRole>())} (default: worker)." };
        var model = new Option<string?>("--model") { Description = "Default: the role's, from llm.yaml." };
        return ApiCommand.Create("create", "Add an agent.", [name], [role, model], (parsed, client, cancellation) =>
            client.PostAsync<Agent>("/api/agents", new CreateAgent(parsed.GetValue(name), parsed.GetValue(role), parsed.GetValue(model), null), cancellation),
            agent => Console.WriteLine($"{Output.OneLine(agent.Name)} joins as {agent.Role.Word()} with {Output.OneLine(agent.Model)}."))
            .Example("agentos agent create worker-4", "agentos agent create strict --role reviewer --model deepseek/deepseek-chat");
    }

    private static Command Status() => ApiCommand.Create("status", "What each agent does, and when it was last heard of.", [], [], (_, client, cancellation) =>
        client.GetAsync<List<AgentReport>>("/api/agents/status", cancellation), agents => Output.Table(
            ["name", "role", "status", "last heartbeat", "next duty", "task"],
            [.. agents.Select(agent => (string[])[agent.Name, agent.Role.Word(), agent.Paused ? "paused" : agent.Status.Word(), Output.Ago(agent.LastHeartbeat), Output.Ago(agent.NextDuty), agent.Task ?? ""])],
            "There are no agents yet."))
        .Example("agentos agent status");

    private static Command Pause(string verb, string description)
    {
        var name = new Argument<string>("name") { Description = "Of the agent." }.CompletesAgents();
        return ApiCommand.Create(verb, description, [name], [], (parsed, client, cancellation) =>
            client.PostAsync<Agent>($"/api/agents/{Query.Escape(parsed.GetRequiredValue(name))}/{verb}", null, cancellation),
            agent => Console.WriteLine($"{Output.OneLine(agent.Name)} {(agent.Paused ? "is paused" : "goes on")}."))
            .Example($"agentos agent {verb} worker-1");
    }

    private static Command Remove()
    {
        var name = new Argument<string>("name") { Description = "Of the agent." }.CompletesAgents();
        return ApiCommand.Create("remove", "Take an agent out; refused while it is at work. What it did stays, and made again by its name it is back.", [name], [], (parsed, client, cancellation) =>
            client.DeleteAsync<Agent>($"/api/agents/{Query.Escape(parsed.GetRequiredValue(name))}", cancellation), agent => Console.WriteLine($"{Output.OneLine(agent.Name)} has left."))
            .Example("agentos agent remove worker-3");
    }
}
