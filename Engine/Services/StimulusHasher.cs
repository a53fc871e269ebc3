using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentOS.Engine.State;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using System.Text.Json.Serialization.Metadata;

namespace AgentOS.Engine.Services;

/// <summary>SHA-256 of name, payload as JSON, and receiver.</summary>
internal sealed class StimulusHasher : IStimulusHasher
{
    // Properties marked as such carry data that does not identify the stimulus.
    private static readonly JsonSerializerOptions Options = new(EngineJson.Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers =
            {
                static info =>
                {
                    foreach (var property in info.Properties)
                        if (property.AttributeProvider?.IsDefined(typeof(ExcludeFromHashAttribute), true) == true) property.ShouldSerialize = (_, _) => false;
                }
            }
        }
    };

    public string Hash(string stimulusName, object? payload = null, string? activityInstanceId = null)
    {
        var json = payload switch
        {
            null => "",
            string text => JsonSerializer.Serialize(text, Options),
            IDictionary<string, object?> => EngineJson.ToElement(payload).GetRawText(),
            JsonElement element => element.GetRawText(),
            _ => JsonSerializer.Serialize(payload, payload.GetType(), Options)
        };
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{stimulusName}\n{json}\n{activityInstanceId}")));
    }
}
