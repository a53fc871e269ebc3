using LibGit2Sharp;

namespace AgentOS.Activities.Git;

/// <summary>Writes the git data of a workspace: a clone that borrows all objects, with settings of our own only.</summary>
internal static class PrivateClone
{
    // What tools leave behind and nobody wants in a commit, also where the repository has no .gitignore.
    private const string Exclude =
        """
        node_modules/
        __pycache__/
        .pytest_cache/
        .venv/
        *.pyc
        bin/Debug/
        bin/Release/
        obj/Debug/
        obj/Release/
        obj/project.assets.json
        obj/project.nuget.cache
        obj/*.nuget.g.*
        obj/*.nuget.dgspec.json
        TestResults/
        .DS_Store

        """;

    public static void Create(Workspace workspace, string commonDirectory)
    {
        var objects = Path.Combine(commonDirectory, "objects");
        if (objects.Contains('\n'))
            throw new RepositoryException("The path of the repository contains a line break, which git cannot share objects with. Move the repository.");
        var git = workspace.GitDirectory;
        var reference = workspace.Branch is "" ? null : $"refs/heads/{workspace.Branch}";
        Write("objects/info/alternates", $"{objects}\n");
        Write("HEAD", reference is null ? $"{workspace.BaseSha}\n" : $"ref: {reference}\n");
        Write("config",
            $"""
            [core]
            	repositoryformatversion = 0
            	filemode = true
            	bare = false
            	logallrefupdates = false
            	hooksPath = /dev/null
            	fsmonitor = false
            [gc]
            	auto = 0
            [remote "origin"]
            	url = "{workspace.RepositoryPath.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}"
            	fetch = +refs/heads/*:refs/remotes/origin/*

            """);
        Write("info/exclude", Exclude);
        if (reference is not null)
            Write(reference, $"{workspace.BaseSha}\n");
        Directory.CreateDirectory(Path.Combine(git, "refs", "heads"));
        var shallow = Path.Combine(commonDirectory, "shallow");
        if (File.Exists(shallow))
            File.Copy(shallow, Path.Combine(git, "shallow"));
        Directory.CreateDirectory(workspace.Path);
        File.WriteAllText(Path.Combine(workspace.Path, ".git"), "gitdir: ../git\n");

        using var repository = LibGit.Open(git, workspace.Path);
        var commit = repository.Commit(workspace.BaseSha);
        repository.CheckoutTree(commit);

        void Write(string name, string content)
        {
            var file = Path.Combine(git, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
        }
    }

    private static void CheckoutTree(this Repository repository, Commit commit) =>
        repository.Reset(ResetMode.Hard, commit, new CheckoutOptions { CheckoutModifiers = CheckoutModifiers.Force });
}
