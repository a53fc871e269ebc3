using Elsa.Workflows.Models;

namespace Elsa.Workflows;

public partial class ActivityExecutionContext
{
    public Bookmark CreateBookmark(ExecuteActivityDelegate callback, IDictionary<string, string>? metadata = null) =>
        CreateBookmark(new CreateBookmarkArgs { Callback = callback, Metadata = metadata });

    public Bookmark CreateBookmark(object stimulus, ExecuteActivityDelegate? callback, bool includeActivityInstanceId = true, IDictionary<string, string>? customProperties = null) =>
        CreateBookmark(new CreateBookmarkArgs { Stimulus = stimulus, Callback = callback, IncludeActivityInstanceId = includeActivityInstanceId, Metadata = customProperties });

    public Bookmark CreateBookmark(object stimulus, bool includeActivityInstanceId, IDictionary<string, string>? customProperties = null) =>
        CreateBookmark(new CreateBookmarkArgs { Stimulus = stimulus, IncludeActivityInstanceId = includeActivityInstanceId, Metadata = customProperties });

    public Bookmark CreateBookmark(object stimulus, IDictionary<string, string>? metadata = null) =>
        CreateBookmark(new CreateBookmarkArgs { Stimulus = stimulus, Metadata = metadata });

    /// <summary>Leaves a place to resume from: the activity stays running after its code has returned.</summary>
    public Bookmark CreateBookmark(CreateBookmarkArgs? options = null)
    {
        options ??= new();
        var name = options.BookmarkName ?? Activity.Type;
        var bookmark = new Bookmark(
            options.BookmarkId ?? WorkflowExecutionContext.IdentityGenerator.GenerateId(),
            name,
            WorkflowExecutionContext.StimulusHasher.Hash(name, options.Stimulus, options.IncludeActivityInstanceId ? Id : null),
            options.Stimulus,
            Activity.Id,
            NodeId,
            Id,
            Now,
            options.AutoBurn,
            options.Callback?.Method.Name,
            options.AutoComplete,
            options.Metadata);
        AddBookmark(bookmark);
        return bookmark;
    }

    public void CreateBookmarks(IEnumerable<object> payloads, ExecuteActivityDelegate? callback = null, bool includeActivityInstanceId = true, string? bookmarkName = null)
    {
        foreach (var payload in payloads)
            CreateBookmark(new CreateBookmarkArgs { Stimulus = payload, Callback = callback, IncludeActivityInstanceId = includeActivityInstanceId, BookmarkName = bookmarkName });
    }

    public void AddBookmark(Bookmark bookmark)
    {
        WorkflowExecutionContext.BookmarkList.Add(bookmark);
        Taint();
    }

    public void AddBookmarks(IEnumerable<Bookmark> bookmarks)
    {
        foreach (var bookmark in bookmarks) AddBookmark(bookmark);
    }

    public void ClearBookmarks()
    {
        if (WorkflowExecutionContext.BookmarkList.RemoveOf(this)) Taint();
    }
}
