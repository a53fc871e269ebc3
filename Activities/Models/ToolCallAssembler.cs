using System.Text;
using OpenAI.Chat;

namespace AgentOS.Activities.Models;

/// <summary>
/// Puts a stream's pieces of tool calls together, keeping the arguments' text as it came. Endpoints differ: some repeat an index
/// for parallel calls and only change the id, some give no ids, some give the same id twice.
/// </summary>
internal sealed class ToolCallAssembler
{
    private readonly List<Piece> _calls = [];
    private readonly Dictionary<int, Piece> _open = [];

    public void Add(StreamingChatToolCallUpdate update)
    {
        var isNew = !_open.TryGetValue(update.Index, out var call)
            || (!string.IsNullOrEmpty(update.ToolCallId) && !string.IsNullOrEmpty(call.Id) && update.ToolCallId != call.Id);
        if (isNew)
        {
            _open[update.Index] = call = new Piece();
            _calls.Add(call);
        }
        if (string.IsNullOrEmpty(call!.Id)) call.Id = update.ToolCallId ?? "";
        if (string.IsNullOrEmpty(call.Name)) call.Name = update.FunctionName ?? "";
        if (update.FunctionArgumentsUpdate is { } arguments && !arguments.ToMemory().IsEmpty) call.Arguments.Append(arguments.ToString());
    }

    public IReadOnlyList<(string Id, string Name, string Arguments)> Calls
    {
        get
        {
            var used = new HashSet<string>(StringComparer.Ordinal);
            return [.. _calls.Select((call, index) =>
            {
                var id = call.Id.Length > 0 && used.Add(call.Id) ? call.Id : $"call_{index + 1}";
                used.Add(id);
                return (id, call.Name, call.Arguments.ToString());
            })];
        }
    }

    private sealed class Piece
    {
        public string Id = "";
        public string Name = "";
        public readonly StringBuilder Arguments = new();
    }
}
