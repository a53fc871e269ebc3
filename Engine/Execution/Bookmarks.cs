namespace Elsa.Workflows.Models
{
    /// <summary>A place where a workflow waits, and where it can be resumed.</summary>
    public class Bookmark
    {
        public Bookmark() { }

        public Bookmark(string id, string name, string hash, object? payload, string activityId, string activityNodeId, string? activityInstanceId, DateTimeOffset createdAt,
            bool autoBurn = true, string? callbackMethodName = null, bool autoComplete = true, IDictionary<string, string>? metadata = null)
        {
            Id = id;
            Name = name;
            Hash = hash;
            Payload = payload;
            ActivityId = activityId;
            ActivityNodeId = activityNodeId;
            ActivityInstanceId = activityInstanceId;
            CreatedAt = createdAt;
            AutoBurn = autoBurn;
            CallbackMethodName = callbackMethodName;
            AutoComplete = autoComplete;
            Metadata = metadata;
        }

        public string Id { get; set; } = null!;
        public string Name { get; set; } = null!;

        /// <summary>Name and payload in one value: how a stimulus finds its bookmarks.</summary>
        public string Hash { get; set; } = null!;

        public object? Payload { get; set; }
        public string ActivityId { get; set; } = null!;
        public string ActivityNodeId { get; set; } = null!;
        public string? ActivityInstanceId { get; set; }
        public DateTimeOffset CreatedAt { get; set; }

        /// <summary>Used up when it resumes its activity.</summary>
        public bool AutoBurn { get; set; } = true;

        public string? CallbackMethodName { get; set; }

        /// <summary>Without a callback: resuming completes the activity.</summary>
        public bool AutoComplete { get; set; } = true;

        public IDictionary<string, string>? Metadata { get; set; }
    }

    public class CreateBookmarkArgs
    {
        public string? BookmarkId { get; set; }
        public object? Stimulus { get; set; }
        public ExecuteActivityDelegate? Callback { get; set; }
        public string? BookmarkName { get; set; }
        public bool AutoBurn { get; set; } = true;

        /// <summary>The hash then only fits stimuli meant for this activity execution.</summary>
        public bool IncludeActivityInstanceId { get; set; }

        public bool AutoComplete { get; set; } = true;
        public IDictionary<string, string>? Metadata { get; set; }
    }

    /// <summary>Points to an activity of a workflow, or to one execution of it.</summary>
    public class ActivityHandle
    {
        public string? ActivityId { get; init; }
        public string? ActivityNodeId { get; init; }
        public string? ActivityInstanceId { get; init; }
        public string? ActivityHash { get; init; }

        public static ActivityHandle FromActivityId(string activityId) => new() { ActivityId = activityId };
        public static ActivityHandle FromActivityNodeId(string activityNodeId) => new() { ActivityNodeId = activityNodeId };
        public static ActivityHandle FromActivityInstanceId(string activityInstanceId) => new() { ActivityInstanceId = activityInstanceId };
        public static ActivityHandle FromActivityHash(string activityHash) => new() { ActivityHash = activityHash };
    }
}

namespace Elsa.Workflows
{
    /// <summary>The bookmark by which a run was resumed.</summary>
    public record ResumedBookmarkContext(Models.Bookmark Bookmark);

    /// <summary>Makes one value of a stimulus' name, payload and receiver.</summary>
    public interface IStimulusHasher
    {
        string Hash(string stimulusName, object? payload = null, string? activityInstanceId = null);
    }
}

namespace Elsa.Workflows.Helpers
{
    public static class Diff
    {
        public static Diff<T> Empty<T>() => new([], [], []);

        public static Diff<T> From<T>(ICollection<T> added, ICollection<T> removed, ICollection<T> unchanged) => new(added, removed, unchanged);

        public static Diff<T> For<T>(ICollection<T> firstSet, ICollection<T> secondSet, IEqualityComparer<T>? comparer = null)
        {
            var first = firstSet.ToHashSet(comparer);
            var second = secondSet.ToHashSet(comparer);
            return new(secondSet.Where(x => !first.Contains(x)).ToList(), firstSet.Where(x => !second.Contains(x)).ToList(), secondSet.Where(first.Contains).ToList());
        }
    }

    /// <summary>What a second set has that a first has not, and the reverse.</summary>
    public class Diff<T>
    {
        internal Diff(ICollection<T> added, ICollection<T> removed, ICollection<T> unchanged) => (Added, Removed, Unchanged) = (added, removed, unchanged);

        public ICollection<T> Added { get; }
        public ICollection<T> Removed { get; }
        public ICollection<T> Unchanged { get; }
    }
}
