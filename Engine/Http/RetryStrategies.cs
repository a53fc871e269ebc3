using System.Text.Json;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.State;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Helpers;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Exceptions;

namespace AgentOS.Engine.Http;

/// <summary>
/// Which way to try again an activity's author has chosen: <c>resilienceStrategy</c> among its custom properties names one that this server offers, or is
/// an expression that does, or that makes one.
/// </summary>
internal sealed class RetryStrategies(OutgoingHttpOptions options, ValueReader values, IExpressionEvaluator evaluator)
{
    public const string Property = "resilienceStrategy";

    // Elsa's name for the only kind of strategy that requests have.
    private const string Kind = "HttpResilienceStrategy";

    /// <summary>Null: none was chosen.</summary>
    /// <exception cref="FaultException">There is no such strategy here.</exception>
    public async ValueTask<RetryStrategy?> OfAsync(ActivityExecutionContext context)
    {
        if (ActivityPropertyExtensions.Find(context.Activity.CustomProperties, Property) is not { } config) return null;
        var (id, expression) = Read(EngineJson.ToElement(config));
        if (expression is { } source)
        {
            var read = values.ReadExpression(source) ?? throw Wrong($"There is no expression type '{source.Text("type")}' here.");
            var made = await evaluator.EvaluateAsync<object>(read, context.ExpressionExecutionContext);
            id = made as string;
            if (id?.TrimStart().StartsWith('{') == true) return Make(Parse(id));
            if (made is not null and not string) return Make(EngineJson.ToElement(made));
        }
        return string.IsNullOrWhiteSpace(id) ? null : Find(id) ?? throw Wrong(Unknown(id));
    }

    /// <summary>As Elsa's server tells of one.</summary>
    public static Dictionary<string, object> Shown(RetryStrategy strategy) => new()
    {
        ["$type"] = Kind, ["id"] = strategy.Id, ["displayName"] = strategy.DisplayName, ["maxRetryAttempts"] = strategy.MaxRetryAttempts, ["useJitter"] = strategy.UseJitter, ["delay"] = strategy.Delay,
        ["backoffType"] = (int)strategy.BackoffType,
    };

    /// <summary>What is wrong with a choice, as far as it shows before a run; null: nothing.</summary>
    public string? Mistake(JsonElement config) => Read(config) is ({ Length: > 0 } id, null) && Find(id) is null ? Unknown(id) : null;

    private RetryStrategy? Find(string id) => options.Strategies.FirstOrDefault(each => each.Id == id);

    private string Unknown(string id) => $"There is no resilience strategy '{id}' here. There are: {string.Join(", ", options.Strategies.Select(each => each.Id))}.";

    // { mode, strategyId, expression }, or the id alone. There are designers that write the mode of an expression where there is none.
    private static (string? Id, JsonElement? Expression) Read(JsonElement config)
    {
        if (config.ValueKind == JsonValueKind.String) return (config.GetString(), null);
        if (config.ValueKind != JsonValueKind.Object) return default;
        var id = Member(config, "strategyId") is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        var expression = Member(config, "expression") is { ValueKind: JsonValueKind.Object } given && given.Text("type") is not (null or "" or "Default") ? given : (JsonElement?)null;
        return expression is null || (id is { Length: > 0 } && Member(config, "mode")?.ToString() is "Identifier" or "0") ? (id, null) : (null, expression);
    }

    private static RetryStrategy Make(JsonElement made)
    {
        if (made.ValueKind != JsonValueKind.Object) throw Wrong("The expression of the resilience strategy makes none: neither an id nor an object.");
        if (made.Text("$type") is { } kind && kind != Kind) throw Wrong($"The resilience strategy is of the kind '{kind}'. Only {Kind} is known here.");
        try
        {
            var strategy = new RetryStrategy(made.Text("id") ?? "", made.Text("displayName") ?? "", As(made, "maxRetryAttempts", 3), As(made, "delay", TimeSpan.FromSeconds(2)),
                As(made, "backoffType", RetryBackoff.Exponential), As(made, "useJitter", false));
            return strategy is { MaxRetryAttempts: >= 0 and <= RetryStrategy.Most } && strategy.Delay >= TimeSpan.Zero && strategy.Delay <= RetryStrategy.Longest ? strategy
                : throw Wrong($"The resilience strategy has {strategy.MaxRetryAttempts} more attempts and a delay of {strategy.Delay}. Up to {RetryStrategy.Most} and {RetryStrategy.Longest} are possible.");
        }
        catch (Elsa.Expressions.Exceptions.TypeConversionException wrong)
        {
            throw Wrong($"The resilience strategy cannot be read: {wrong.Message}");
        }
    }

    // An object that is written out is evaluated to its text.
    private static JsonElement Parse(string json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException wrong)
        {
            throw Wrong($"The resilience strategy cannot be read: {wrong.Message}");
        }
    }

    private static T As<T>(JsonElement made, string name, T otherwise) => Member(made, name) is { ValueKind: not JsonValueKind.Null } value ? EngineJson.ToPlain(value).ConvertTo<T>()! : otherwise;

    private static JsonElement? Member(JsonElement json, string name)
    {
        foreach (var property in json.EnumerateObject())
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return property.Value;
        return null;
    }

    private static FaultException Wrong(string message) => new("NO_STRATEGY", "HTTP", DefaultFaultTypes.Business, message);
}
