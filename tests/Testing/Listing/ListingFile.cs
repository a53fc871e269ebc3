namespace AgentOS.Testing.Listing;

/// <summary>
/// The recorded facts on Elsa 3.8 that tests compare with. <c>elsa.txt</c>: public types and their members. <c>activities.txt</c>: a line for each type of activity,
/// with the names that its JSON may have besides those of every activity.
/// </summary>
public static class ListingFile
{
    public static IReadOnlyList<string> Lines(string name)
    {
        using var stream = typeof(ListingFile).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"{name} is not embedded in the project Testing.");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
