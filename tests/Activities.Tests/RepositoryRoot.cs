namespace AgentOS.Activities.Tests;

/// <summary>The folder of the solution, for what ships as files.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "AgentOS.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
