using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AgentOS.Activities.Coding.Tools;
using AgentOS.Activities.Git;
using AgentOS.Activities.Shell;
using Microsoft.Extensions.AI;

namespace AgentOS.Activities.Tests.Coding.Tools;

public sealed class WorkspaceToolsTests : IAsyncLifetime
{
    private readonly TemporaryFolder root = new();
    private readonly GitRepository repository = new(
        (".gitignore", "build/\n"), ("src/app.cs", "class App\n{\n    int One() => 1;\n    int Two() => 2;\n}\n"), ("README.md", "Hello\n"));
    private readonly Dictionary<string, AIFunction> tools = [];
    private Workspace workspace = null!;

    public async ValueTask InitializeAsync()
    {
        workspace = await new Workspaces(root["workspaces"]).PrepareAsync(Guid.CreateVersion7(), repository.Path, repository.Head, "task");
        foreach (var tool in WorkspaceTools.Reading(workspace).Concat(WorkspaceTools.Writing(workspace)).Concat(WorkspaceTools.Changes(workspace))
            .Append(WorkspaceTools.Shell(new(new()), workspace, SandboxPolicy.Default)))
            tools[tool.Name] = tool;
    }

    public ValueTask DisposeAsync()
    {
        root.Dispose();
        repository.Dispose();
        return default;
    }

    private async Task<string> Call(string tool, params (string Name, object? Value)[] arguments) =>
        ((JsonElement)(await tools[tool].InvokeAsync(new(arguments.ToDictionary(each => each.Name, each => each.Value))))!).GetString()!;

    private string Write(string path, string content)
    {
        var full = Path.Combine(workspace.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        return full;
    }

    private string Text(string path) => File.ReadAllText(Path.Combine(workspace.Path, path));

    [Fact]
    public void Names_and_arguments_are_those_of_the_contract()
    {
        static string Signature(AIFunction tool)
        {
            var schema = tool.JsonSchema;
            var required = schema.TryGetProperty("required", out var list) ? list.EnumerateArray().Select(each => each.GetString()).ToList() : [];
            return $"{tool.Name}({string.Join(", ", schema.GetProperty("properties").EnumerateObject().Select(each => required.Contains(each.Name) ? each.Name : each.Name + "?"))})";
        }

        tools.Values.Select(Signature).ShouldBe(
        [
            "list_files(path?)", "read_file(path, from_line?, to_line?)", "search(pattern, path?)",
            "write_file(path, content)", "edit_file(path, old_text, new_text)", "delete_file(path)",
            "git_status()", "git_diff()", "run_shell(command, timeout_seconds?)",
        ]);
    }

    [Fact]
    public async Task A_listing_shows_files_and_leaves_out_what_git_ignores()
    {
        Write("build/out.bin", "x");
        File.CreateSymbolicLink(Path.Combine(workspace.Path, "link"), "README.md");
        (await Call("list_files", ("path", "."))).ShouldBe(".gitignore\nREADME.md\nlink -> README.md\nsrc/app.cs\n");
        (await Call("list_files", ("path", "/workspace/src"))).ShouldBe("src/app.cs\n");
        (await Call("list_files", ("path", "README.md"))).ShouldStartWith("Error: ");
    }

    [Fact]
    public async Task A_large_listing_names_the_folders_that_did_not_fit()
    {
        for (var i = 0; i < 500; i++)
            Write($"many/f{i}", "");
        Write("many/deep/x", "");
        (await Call("list_files", ("path", "."))).ShouldContain("many/deep/\n");
    }

    [Fact]
    public async Task Reading_numbers_the_lines_and_says_how_to_see_more()
    {
        (await Call("read_file", ("path", "src/app.cs"), ("from_line", 3), ("to_line", 4)))
            .ShouldBe("    3 |     int One() => 1;\n    4 |     int Two() => 2;\n[lines 3 to 4 of 5; from_line 5 shows more]\n");
        Write("long.txt", string.Concat(Enumerable.Range(1, 3000).Select(i => $"line {i}\n")) + new string('x', 5000));
        (await Call("read_file", ("path", "long.txt"))).ShouldEndWith("[lines 1 to 1000 of 3001; from_line 1001 shows more]\n");
        (await Call("read_file", ("path", "long.txt"), ("from_line", 3001))).ShouldContain("[3000 more characters]");
        (await Call("read_file", ("path", "long.txt"), ("from_line", 9999))).ShouldBe("Error: 'long.txt' has only 3001 lines.");
    }

    [Fact]
    public async Task What_is_no_text_is_said_to_be_so()
    {
        File.WriteAllBytes(Path.Combine(workspace.Path, "binary"), [1, 0, 2]);
        File.WriteAllBytes(Path.Combine(workspace.Path, "latin1"), [.. "caf"u8, 0xE9, (byte)'\n']);
        Write("empty", "");
        Process.Start("mkfifo", Path.Combine(workspace.Path, "pipe"))!.WaitForExit();

        (await Call("read_file", ("path", "binary"))).ShouldBe("Error: 'binary' is a binary file of 3 bytes.");
        (await Call("read_file", ("path", "latin1"))).ShouldContain("not valid UTF-8");
        (await Call("edit_file", ("path", "latin1"), ("old_text", "caf"), ("new_text", "x"))).ShouldContain("not valid UTF-8");
        (await Call("read_file", ("path", "empty"))).ShouldBe("The file is empty.");
        (await Call("read_file", ("path", "pipe"))).ShouldBe("Error: 'pipe' is not a regular file.");
        (await Call("read_file", ("path", "src"))).ShouldContain("is a folder");
        (await Call("read_file", ("path", "src/App.cs"))).ShouldBe("Error: There is no 'src/App.cs'. In that folder there is app.cs.");
    }

    [Fact]
    public async Task Writing_makes_folders_and_replaces()
    {
        (await Call("write_file", ("path", "a/b/c.txt"), ("content", "one\ntwo\n"))).ShouldBe("Wrote a/b/c.txt: 2 lines.");
        (await Call("write_file", ("path", "a/b/c.txt"), ("content", "x"))).ShouldStartWith("Replaced");
        Text("a/b/c.txt").ShouldBe("x");
        (await Call("write_file", ("path", "README.md/x"), ("content", "x"))).ShouldContain("is a file, not a folder");
        (await Call("write_file", ("path", ""), ("content", "x"))).ShouldStartWith("Error: ");
    }

    [Fact]
    public async Task An_edit_replaces_the_one_place_and_shows_it()
    {
        (await Call("edit_file", ("path", "src/app.cs"), ("old_text", "    int Two() => 2;"), ("new_text", "    int Two() => 3;")))
            .ShouldContain("    4 |     int Two() => 3;");
        Text("src/app.cs").ShouldContain("Two() => 3");
    }

    [Fact]
    public async Task An_edit_that_does_not_fit_shows_what_is_near()
    {
        var missing = await Call("edit_file", ("path", "src/app.cs"), ("old_text", "  int Two() => 22;"), ("new_text", "x"));
        missing.ShouldStartWith("Error: old_text is not in the file. The nearest is:");
        missing.ShouldContain("    4 |     int Two() => 2;");
        (await Call("edit_file", ("path", "src/app.cs"), ("old_text", "int "), ("new_text", "x"))).ShouldContain("2 times, at lines 3, 4");
        (await Call("edit_file", ("path", "src/app.cs"), ("old_text", ""), ("new_text", "x"))).ShouldContain("old_text is empty");
    }

    [Fact]
    public async Task An_edit_keeps_line_ends_and_byte_order_mark()
    {
        File.WriteAllText(Path.Combine(workspace.Path, "dos.txt"), "one\r\ntwo\r\nthree\r\n", new UTF8Encoding(true));
        (await Call("edit_file", ("path", "dos.txt"), ("old_text", "one\ntwo"), ("new_text", "1\n2\n2½"))).ShouldStartWith("Edited");
        File.ReadAllBytes(Path.Combine(workspace.Path, "dos.txt")).ShouldBe([0xEF, 0xBB, 0xBF, .. "1\r\n2\r\n2½\r\nthree\r\n"u8]);
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("src/../../outside.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("~/x")]
    [InlineData("out")]
    [InlineData("outfolder/outside.txt")]
    [InlineData("absolute/passwd")]
    [InlineData("/proc/self/environ")]
    [InlineData(".git")]
    [InlineData("src/../.GIT/config")]
    [InlineData("gitlink")]
    public async Task No_tool_leaves_the_workspace(string path)
    {
        var outside = Path.Combine(workspace.Path, "../outside.txt");
        File.WriteAllText(outside, "secret");
        File.CreateSymbolicLink(Path.Combine(workspace.Path, "out"), "../outside.txt");
        File.CreateSymbolicLink(Path.Combine(workspace.Path, "outfolder"), "..");
        File.CreateSymbolicLink(Path.Combine(workspace.Path, "absolute"), "/etc");
        File.CreateSymbolicLink(Path.Combine(workspace.Path, "gitlink"), ".git");

        (await Call("read_file", ("path", path))).ShouldStartWith("Error: ");
        (await Call("write_file", ("path", path), ("content", "evil"))).ShouldStartWith("Error: ");
        (await Call("edit_file", ("path", path), ("old_text", "secret"), ("new_text", "evil"))).ShouldStartWith("Error: ");
        (await Call("search", ("pattern", "secret"), ("path", path))).ShouldNotContain(":1:");
        if (path is not ("out" or "gitlink"))
            (await Call("delete_file", ("path", path))).ShouldStartWith("Error: ");
        File.ReadAllText(outside).ShouldBe("secret");
        Text(".git").ShouldBe("gitdir: ../git\n");
    }

    [Fact]
    public async Task A_link_that_stays_inside_is_followed_and_deleting_it_keeps_its_target()
    {
        File.CreateSymbolicLink(Path.Combine(workspace.Path, "link"), "src/app.cs");
        (await Call("read_file", ("path", "link"))).ShouldContain("class App");
        (await Call("delete_file", ("path", "link"))).ShouldBe("Deleted link.");
        Text("src/app.cs").ShouldContain("class App");
    }

    [Fact]
    public async Task A_folder_swapped_for_a_link_meanwhile_leads_nowhere()
    {
        using var outside = new TemporaryFolder();
        outside.Write("app.cs", "outside");
        var (source, away) = (Path.Combine(workspace.Path, "src"), Path.Combine(workspace.Path, "away"));
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(source, away);
                // The tool may make the folder again at any moment, as it should.
                try
                {
                    Directory.CreateSymbolicLink(source, outside.Path);
                    File.Delete(source);
                    Directory.Move(away, source);
                }
                catch (IOException)
                {
                    Directory.Delete(away, recursive: true);
                }
            }
        });
        for (var i = 0; i < 300; i++)
        {
            (await Call("read_file", ("path", "src/app.cs"))).ShouldNotContain("outside\n");
            await Call("write_file", ("path", "src/app.cs"), ("content", "inside"));
        }
        await stop.CancelAsync();
        await swapping;
        File.ReadAllText(outside["app.cs"]).ShouldBe("outside");
    }

    [Fact]
    public async Task Searching_finds_lines_in_files_that_count()
    {
        Write("build/x.cs", "int Three");
        (await Call("search", ("pattern", @"int \w+\(\)"))).ShouldBe("src/app.cs:3:     int One() => 1;\nsrc/app.cs:4:     int Two() => 2;\n");
        (await Call("search", ("pattern", "(?=Two)Two"), ("path", "src/app.cs"))).ShouldContain("src/app.cs:4:");
        (await Call("search", ("pattern", "Two("))).ShouldContain("searched as plain text");
        (await Call("search", ("pattern", "nowhere"))).ShouldBe("Nothing found.");
        (await Call("search", ("pattern", "x"), ("path", "none"))).ShouldStartWith("Error: There is no 'none'");
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData(@"(a+)+\1$")]
    public async Task A_pattern_that_explodes_is_stopped(string pattern)
    {
        Write("a.txt", new string('a', 40) + "!");
        // Left alone, it would outlive everyone.
        (await Call("search", ("pattern", pattern)).WaitAsync(TimeSpan.FromMinutes(2))).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_change_of_a_task_can_be_seen()
    {
        (await Call("git_status")).ShouldBe("Nothing is changed.");
        Write("README.md", "Hello you\n");
        await Call("delete_file", ("path", "src/app.cs"));
        (await Call("git_status")).ShouldBe("M README.md (+1 -1)\nD src/app.cs (+0 -5)\n");
        (await Call("git_diff")).ShouldContain("+Hello you");
    }

    [Fact]
    public async Task A_command_answers_with_its_output_and_its_end()
    {
        (await Call("run_shell", ("command", "echo hi; exit 2"))).ShouldMatch(@"^hi\n\[exit code 2, \d+\.\d s\]$");
        (await Call("run_shell", ("command", "echo hi; sleep 100"), ("timeout_seconds", 1))).ShouldContain("it passed its time limit of 1 seconds");
    }

    [Fact]
    public async Task Without_a_sandbox_the_command_is_refused_in_words() =>
        ((JsonElement)(await WorkspaceTools.Shell(new(new(Bubblewrap: "no-bwrap")), workspace, SandboxPolicy.Default)
            .InvokeAsync(new() { ["command"] = "true" }))!).GetString().ShouldNotBeNull().ShouldStartWith("Error: Commands are refused");
}
