using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AgentOS.Activities.Models.Recording;

/// <summary>
/// The least that a model can say for the loop to go round, at once: a planner makes one task, a coder writes one small file named
/// after its task, a judge approves. To measure the loop and not a model.
/// </summary>
public static class InstantModel
{
    /// <summary>A <see cref="ModelScript"/>.</summary>
    public static CompletionAnswer Answer(CompletionRequest request)
    {
        var first = request.Turns == 0;
        bool Offers(string tool) => request.Tools.Contains(tool);
        if (Offers("submit_verdict")) return Call("submit_verdict", new() { ["approved"] = true, ["feedback"] = "As asked." });
        if (Offers("create_tasks") && first)
        {
            return Call("create_tasks", new()
            {
                ["tasks"] = new JsonArray(new JsonObject { ["key"] = "only", ["title"] = "Write " + FileName(request), ["description"] = "Write the file." }),
            });
        }
        if (Offers("write_file") && first) return Call("write_file", new() { ["path"] = FileName(request), ["content"] = "written\n" });
        if (Offers("finish")) return Call("finish", new() { ["summary"] = "Write " + FileName(request) });
        return new("ok", null, []) { InputTokens = 1, OutputTokens = 1 };
    }

    /// <summary>Of the user's first message: the same for every turn of a conversation, and another one for another task.</summary>
    private static string FileName(CompletionRequest request)
    {
        var said = request.Messages.FirstOrDefault(m => m.Role == "user")?.Text ?? "";
        return $"instant/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)))[..16]}.txt";
    }

    private static CompletionAnswer Call(string tool, JsonObject arguments) =>
        new("", null, [new(tool, arguments.ToJsonString())]) { InputTokens = 1, OutputTokens = 1 };
}
