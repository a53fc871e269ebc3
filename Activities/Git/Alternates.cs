namespace AgentOS.Activities.Git;

/// <summary>The object folders that an object folder borrows from, transitively.</summary>
internal static class Alternates
{
    // Git itself follows five levels.
    private const int Deepest = 5;

    public static IReadOnlyList<string> Of(string objects)
    {
        var found = new List<string>();
        Follow(objects, 0);
        return found;

        void Follow(string folder, int depth)
        {
            var list = Path.Combine(folder, "info", "alternates");
            if (depth == Deepest || !File.Exists(list))
                return;
            foreach (var line in File.ReadLines(list).Where(line => line is not ("" or ['#', ..])))
            {
                var next = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(folder, line)));
                if (found.Contains(next) || !Directory.Exists(next))
                    continue;
                found.Add(next);
                Follow(next, depth + 1);
            }
        }
    }
}
