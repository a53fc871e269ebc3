using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Webhooks;

namespace AgentOS.Server.Hosting.Webhooks;

/// <summary>What goes over the wire. Pure.</summary>
internal static class WebhookMessage
{
    public const string DeliveryHeader = "X-AgentOS-Delivery";
    public const string EventHeader = "X-AgentOS-Event";
    public const string TimestampHeader = "X-AgentOS-Timestamp";
    public const string SignatureHeader = "X-AgentOS-Signature";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="dashboard">Address of the dashboard, for the link.</param>
    public static string Body(WebhookDelivery delivery, Uri dashboard)
    {
        var news = delivery.News;
        var link = new Uri(dashboard, news.TaskId is { } task ? $"/{(news.TaskKind == "goal" ? "goals" : "tasks")}/{task}" : "/");
        return delivery.Target.Form == WebhookForm.Slack
            ? JsonSerializer.Serialize(new { text = $"*{News.Title(news.Event)}*{(news.Repository is { } repository ? $" in {Slack(repository)}" : "")}: {Slack(news.Message)} <{link.AbsoluteUri}|Open>" }, Json)
            : JsonSerializer.Serialize(new
            {
                id = delivery.Id, @event = news.Event.Word(), at = news.At, message = news.Message, repository = news.Repository, url = link.AbsoluteUri,
                task = news.TaskId is null ? null : new { id = news.TaskId, kind = news.TaskKind, title = news.TaskTitle },
            }, Json);
    }

    /// <summary><c>sha256=</c> and the HMAC of <c>TIMESTAMP.BODY</c> in hexadecimal: who checks the time too cannot be told old news again.</summary>
    public static string Signature(string secret, long timestamp, string body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}.{body}")));

    // The three characters that Slack reads as markup of its own; a message cannot call a channel or fake a link.
    private static string Slack(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
