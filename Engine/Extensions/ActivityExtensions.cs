using System.Collections.Concurrent;
using System.Reflection;
using Elsa.Workflows;

namespace Elsa.Extensions;

public static class ActivityExtensions
{
    private static readonly ConcurrentDictionary<(Type, string), MethodInfo?> Methods = new();

    public static ExecuteActivityDelegate GetResumeActivityDelegate(this IActivity activity, string resumeMethodName) => activity.GetDelegate<ExecuteActivityDelegate>(resumeMethodName);
    public static ActivityCompletionCallback GetActivityCompletionCallback(this IActivity activity, string completionMethodName) => activity.GetDelegate<ActivityCompletionCallback>(completionMethodName);

    /// <summary>A method of the activity, by the name under which a stored state knows it.</summary>
    public static TDelegate GetDelegate<TDelegate>(this IActivity activity, string methodName) where TDelegate : Delegate
    {
        var method = Methods.GetOrAdd((activity.GetType(), methodName), static key => Find(key.Item1, key.Item2))
                     ?? throw new InvalidOperationException($"Activity type '{activity.Type}' has no method '{methodName}' to go on with: was it renamed while instances were waiting?");
        return method.IsStatic ? method.CreateDelegate<TDelegate>() : method.CreateDelegate<TDelegate>(activity);
    }

    private static MethodInfo? Find(Type? type, string name)
    {
        for (; type is not null; type = type.BaseType)
            if (type.GetMethod(name, BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is { } method) return method;
        return null;
    }
}

public static class BookmarkExtensions
{
    public static IEnumerable<Elsa.Workflows.Models.Bookmark> Filter(this IEnumerable<Elsa.Workflows.Models.Bookmark> bookmarks, string name) => bookmarks.Where(x => x.Name == name);

    public static T GetPayload<T>(this Elsa.Workflows.Models.Bookmark bookmark) => Elsa.Expressions.Helpers.ObjectConverter.ConvertTo<T>(bookmark.Payload)!;
}
