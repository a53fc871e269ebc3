using System.CommandLine;
using System.Text.Json;
using AgentOS.Kernel.Database;
using AgentOS.Kernel.Lessons;
using AgentOS.Server.Api;

namespace AgentOS.Server.Cli;

/// <summary>lesson list, add, edit, retire, restore.</summary>
internal static class LessonCommands
{
    public static Command Create() => new("lesson", "What agents have learnt on a repository, and are told when they work on it.") { List(), Add(), Edit(), Retire(), Restore() };

    private static Command List()
    {
        var repository = new Option<string?>("--repo") { Description = "Path or name of a repository (default: all)." }.CompletesRepositories();
        var limit = new Option<int?>("--limit") { Description = "How many (default 100)." };
        var grep = new Option<string?>("--grep") { Description = "Only those with this text." };
        var retired = new Option<bool>("--retired") { Description = "Also those that are told to nobody any more." };
        return ApiCommand.Create("list", "List the lessons, the newest first.", [], [repository, grep, retired, limit], (parsed, client, cancellation) =>
            client.GetAsync<List<Lesson>>("/api/lessons" + Query.Of(("repository", RepositoryCommands.Named(parsed.GetValue(repository))), ("text", parsed.GetValue(grep)), ("retired", parsed.GetValue(retired) ? "true" : null), ("limit", parsed.GetValue(limit)?.ToString(System.Globalization.CultureInfo.InvariantCulture))), cancellation),
            lessons => Output.Table(["id", "repository", "from", "learnt", "lesson"], [.. lessons.Select(lesson => (string[])[$"{lesson.Id}", lesson.RepositoryName, lesson.Source.Word(), Output.Ago(lesson.CreatedAt), (lesson.Retired ? "(retired) " : "") + lesson.Content])], "Nothing was learnt yet."))
            .Example("agentos lesson list --repo my-project", "agentos lesson list --grep cents --retired");
    }

    private static Command Add()
    {
        var text = new Argument<string>("text") { Description = "What agents are to know." };
        var repository = new Option<string>("--repo") { Description = "Path or name of the repository.", Required = true }.CompletesRepositories();
        return ApiCommand.Create("add", "Teach the agents something about a repository.", [text], [repository], async (parsed, client, cancellation) =>
        {
            var named = RepositoryCommands.Named(parsed.GetRequiredValue(repository));
            await client.PostAsync<object?>("/api/lessons", new TeachLesson(named, parsed.GetValue(text)), cancellation);
            return JsonSerializer.SerializeToElement(new { repository = named, content = parsed.GetValue(text) });
        }, _ => Console.WriteLine("Taught; every later session on the repository is told.")).Example("agentos lesson add \"Prices are in cents, never in floats.\" --repo my-project");
    }

    private static Command Edit()
    {
        var id = Id();
        var text = new Argument<string>("text") { Description = "What agents are to know instead." };
        return ApiCommand.Create("edit", "Change the words of a lesson.", [id, text], [], (parsed, client, cancellation) =>
            client.PatchAsync<Lesson>($"/api/lessons/{parsed.GetRequiredValue(id)}", new ChangeLesson(parsed.GetValue(text), null), cancellation), _ => Console.WriteLine("Changed; every later session on the repository is told."))
            .Example("agentos lesson edit 0197d1f2-0000-7000-8000-000000000000 \"Prices are whole cents.\"");
    }

    private static Command Restore()
    {
        var id = Id();
        return ApiCommand.Create("restore", "Tell a retired lesson again.", [id], [], (parsed, client, cancellation) =>
            client.PatchAsync<Lesson>($"/api/lessons/{parsed.GetRequiredValue(id)}", new ChangeLesson(null, false), cancellation), _ => Console.WriteLine("It is told again."))
            .Example("agentos lesson restore 0197d1f2-0000-7000-8000-000000000000");
    }

    private static Argument<Guid> Id() => new("id") { Description = "Of the lesson (agentos lesson list)." };

    private static Command Retire()
    {
        var id = Id();
        return ApiCommand.Create("retire", "Tell a lesson to nobody any more.", [id], [], async (parsed, client, cancellation) =>
        {
            await client.DeleteAsync($"/api/lessons/{parsed.GetRequiredValue(id)}", cancellation);
            return JsonSerializer.SerializeToElement(new { retired = parsed.GetRequiredValue(id) });
        }, _ => Console.WriteLine("Retired.")).Example("agentos lesson retire 0197d1f2-0000-7000-8000-000000000000");
    }
}
