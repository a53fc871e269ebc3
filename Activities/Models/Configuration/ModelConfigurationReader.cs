using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace AgentOS.Activities.Models;

/// <summary>llm.yaml as text → <see cref="ModelConfiguration"/>. Pure: the environment is passed in.</summary>
public sealed partial class ModelConfigurationReader
{
    private readonly string _file;
    private readonly Func<string, string?> _environment;
    private readonly YamlSource _yaml;

    private ModelConfigurationReader(string file, Func<string, string?> environment) =>
        (_file, _environment, _yaml) = (file, environment, new YamlSource(file));

    /// <exception cref="ModelConfigurationException">With file, line and what to do.</exception>
    public static ModelConfiguration Read(string text, string file, Func<string, string?> environment) =>
        new ModelConfigurationReader(file, environment).Read(text);

    private ModelConfiguration Read(string text)
    {
        var root = _yaml.Document(text);
        var top = _yaml.Entries(root, "the file", "providers", "roles", "mcp_servers");
        if (!top.TryGetValue("providers", out var providersNode)) throw _yaml.Error(root, "'providers:' is missing. See config/llm.yaml of the installation for an example.");
        if (!top.TryGetValue("roles", out var rolesNode)) throw _yaml.Error(root, "'roles:' is missing. See config/llm.yaml of the installation for an example.");
        var lines = _yaml.Mapping(providersNode, "'providers'").Children.Keys.ToDictionary(k => k.ToString(), k => (int)k.Start.Line);
        var providers = _yaml.Entries(providersNode, "'providers'").ToDictionary(p => p.Key, p => Provider(p.Key, p.Value, lines[p.Key]), StringComparer.Ordinal);
        var roles = _yaml.Entries(rolesNode, "'roles'", [.. ModelConfiguration.KnownRoles])
            .ToDictionary(r => r.Key, r => Role(r.Key, r.Value, providers), StringComparer.Ordinal);
        var servers = top.TryGetValue("mcp_servers", out var serversNode)
            ? _yaml.Entries(serversNode, "'mcp_servers'").Select(s => McpServer(s.Key, s.Value)).ToList()
            : [];
        return new(_file, providers, roles, servers);
    }

    private ModelProvider Provider(string name, YamlNode node, int line)
    {
        if (name.Contains('/', StringComparison.Ordinal)) throw _yaml.Error(node, $"the provider's name '{name}' must not hold a '/'.");
        var what = $"provider '{name}'";
        var entries = _yaml.Entries(node, what, "api_key", "base_url", "models");
        if (!entries.TryGetValue("base_url", out var urlNode)) throw _yaml.Error(node, $"{what} needs a 'base_url'.");
        if (!entries.TryGetValue("models", out var modelsNode)) throw _yaml.Error(node, $"{what} needs a list 'models:'.");
        var (url, urlProblem) = Expand(urlNode, $"base_url of {what}");
        var (key, keyProblem) = entries.TryGetValue("api_key", out var keyNode) ? Expand(keyNode, $"api_key of {what}") : (null, null);
        var models = new List<Model>();
        foreach (var modelNode in _yaml.Sequence(modelsNode, $"'models' of {what}").Children)
        {
            var model = Model(name, modelNode);
            if (models.Any(m => m.Name == model.Name)) throw _yaml.Error(modelNode, $"{what} lists the model '{model.Name}' twice. Remove one.");
            models.Add(model);
        }
        return new(name, url is null ? null : Address(urlNode, url, what), key is null ? null : new Secret(key),
            keyProblem ?? urlProblem, models, line);
    }

    private Model Model(string provider, YamlNode node)
    {
        if (node is YamlScalarNode) return new(provider, _yaml.Text(node, $"a model of provider '{provider}'"));
        var entries = _yaml.Entries(node, $"a model of provider '{provider}'", "name", "input", "output", "cached_input", "context", "max_output");
        if (!entries.TryGetValue("name", out var nameNode)) throw _yaml.Error(node, $"a model of provider '{provider}' has no 'name'.");
        var name = _yaml.Text(nameNode, "name");
        decimal? Price(string key) => entries.TryGetValue(key, out var n) ? _yaml.Number(n, $"{key} of model '{name}'") : null;
        int? Tokens(string key) => entries.TryGetValue(key, out var n) ? _yaml.Count(n, $"{key} of model '{name}'") : null;
        if (entries.ContainsKey("input") != entries.ContainsKey("output"))
            throw _yaml.Error(node, $"the model '{name}' needs both prices, 'input' and 'output', or none.");
        return new(provider, name, Price("input"), Price("output"), Price("cached_input"),
            Tokens("context") ?? Models.Model.DefaultContextTokens, Tokens("max_output"));
    }

    private ModelRole Role(string name, YamlNode node, Dictionary<string, ModelProvider> providers)
    {
        var what = $"role '{name}'";
        var entries = _yaml.Entries(node, what, "primary", "fallback", "temperature", "max_output", "timeouts");
        if (!entries.TryGetValue("primary", out var primary)) throw _yaml.Error(node, $"{what} needs a 'primary' model.");
        Model Find(YamlNode reference, string key) => ModelReference.Find(providers, _yaml.Text(reference, $"{key} of {what}")) switch
        {
            { Problem: { } problem } => throw _yaml.Error(reference, $"{key} of {what}: {problem}"),
            var found => found.Model!,
        };
        return new(name, Find(primary, "primary"),
            entries.TryGetValue("fallback", out var fallback) ? Find(fallback, "fallback") : null,
            entries.TryGetValue("temperature", out var temperature) ? (double)_yaml.Number(temperature, $"temperature of {what}") : null,
            entries.TryGetValue("max_output", out var output) ? _yaml.Count(output, $"max_output of {what}") : null,
            entries.TryGetValue("timeouts", out var timeouts) ? Timeouts(timeouts, what) : ModelTimeouts.Default);
    }

    private ModelTimeouts Timeouts(YamlNode node, string what)
    {
        var entries = _yaml.Entries(node, $"'timeouts' of {what}", "first_token", "idle", "total");
        TimeSpan Or(string key, TimeSpan otherwise) => entries.TryGetValue(key, out var n) ? _yaml.Seconds(n, $"{key} of {what}") : otherwise;
        return new(Or("first_token", ModelTimeouts.Default.FirstToken), Or("idle", ModelTimeouts.Default.Idle), Or("total", ModelTimeouts.Default.Total));
    }

    private McpServerSettings McpServer(string name, YamlNode node)
    {
        var what = $"MCP server '{name}'";
        if (!ToolPrefix().IsMatch(name)) throw _yaml.Error(node, $"the name of {what} may hold letters, digits, '-' and '_' only: it becomes part of its tools' names.");
        var entries = _yaml.Entries(node, what, "command", "args", "network", "base_url", "api_key", "roles");
        if (entries.ContainsKey("command") == entries.ContainsKey("base_url"))
            throw _yaml.Error(node, $"{what} needs either a 'command' (with 'args') or a 'base_url'.");
        var (url, urlProblem) = entries.TryGetValue("base_url", out var urlNode) ? Expand(urlNode, $"base_url of {what}") : (null, null);
        var (key, keyProblem) = entries.TryGetValue("api_key", out var keyNode) ? Expand(keyNode, $"api_key of {what}") : (null, null);
        var roles = entries.TryGetValue("roles", out var rolesNode) ? _yaml.Texts(rolesNode, $"'roles' of {what}") : [];
        if (roles.FirstOrDefault(r => !ModelConfiguration.KnownRoles.Contains(r)) is { } unknown)
            throw _yaml.Error(rolesNode!, $"{what} names the unknown role '{unknown}'. The roles are {string.Join(", ", ModelConfiguration.KnownRoles)}.");
        return new(name,
            entries.TryGetValue("command", out var command) ? _yaml.Text(command, $"command of {what}") : null,
            entries.TryGetValue("args", out var args) ? _yaml.Texts(args, $"'args' of {what}") : [],
            entries.TryGetValue("network", out var network) && _yaml.Truth(network, $"network of {what}"),
            url is null ? null : Address(urlNode!, url, what), key is null ? null : new Secret(key), keyProblem ?? urlProblem, roles);
    }

    private Uri Address(YamlNode node, string url, string what) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            // The text may come from the environment and hold credentials: it is not repeated.
            : throw _yaml.Error(node, $"base_url of {what} is not an address that begins with http:// or https://.");

    /// <summary>The text with each <c>${NAME}</c> replaced; or what is not set. A variable of an unused provider may be missing.</summary>
    private (string? Text, string? Problem) Expand(YamlNode node, string what)
    {
        string? missing = null;
        var text = Variable().Replace(_yaml.Text(node, what), match =>
        {
            var value = _environment(match.Groups[1].Value);
            if (string.IsNullOrWhiteSpace(value)) missing ??= match.Groups[1].Value;
            return value?.Trim() ?? "";
        });
        return missing is null
            ? (text, null)
            : (null, $"{_file}:{node.Start.Line}: the environment variable {missing} is not set ({what}). Set it (export {missing}=…) and start again, or give its roles another model.");
    }

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();

    [GeneratedRegex("^[A-Za-z0-9_-]{1,32}$")]
    private static partial Regex ToolPrefix();
}
