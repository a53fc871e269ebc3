using System.Globalization;
using AgentOS.Kernel.Goals;
using AgentOS.Kernel.Tasks;

namespace AgentOS.Studio.Goals;

/// <summary>A task's place in the drawing of a plan, in pixels.</summary>
/// <param name="After">What comes before it.</param>
internal sealed record PlanBox(GoalPart Task, int X, int Y, IReadOnlyList<GoalPart> After);

/// <param name="Path">As SVG draws it.</param>
/// <param name="IsDone">What it waits for is done.</param>
internal sealed record PlanLine(string Path, bool IsDone);

/// <summary>
/// A plan as a graph from left to right: each task one layer after the last that it waits for, within a layer near what it waits for. A layer that is higher than people can
/// follow goes on in a column beside it.
/// </summary>
internal sealed record PlanLayout(IReadOnlyList<PlanBox> Boxes, IReadOnlyList<PlanLine> Lines, int Width, int Height)
{
    public const int BoxWidth = 216;
    public const int BoxHeight = 64;
    private const int Across = 52;
    private const int Between = 14;
    private const int Highest = 12;

    /// <param name="tasks">Of one goal, oldest first.</param>
    public static PlanLayout Of(IReadOnlyList<GoalPart> tasks, IReadOnlyList<GoalDependency> depends)
    {
        var all = tasks.ToDictionary(task => task.Id);
        var before = depends.Where(one => all.ContainsKey(one.Task) && all.ContainsKey(one.On)).ToLookup(one => one.Task, one => one.On);
        var layers = Layers(tasks, before);
        Dictionary<Guid, (int X, int Y)> places = [];
        var column = 0;
        foreach (var layer in layers)
        {
            // Higher than the rest as a rule; spread evenly over as many columns as it takes.
            var columns = (layer.Count + Highest - 1) / Highest;
            var high = (layer.Count + columns - 1) / columns;
            for (var i = 0; i < layer.Count; i++) places[layer[i].Id] = ((column + i / high) * (BoxWidth + Across), i % high * (BoxHeight + Between));
            column += columns;
        }

        List<PlanBox> boxes = [.. layers.SelectMany(layer => layer).Select(task => new PlanBox(task, places[task.Id].X, places[task.Id].Y, [.. before[task.Id].Select(on => all[on])]))];
        return new(boxes,
            [.. boxes.SelectMany(box => box.After.Select(on => new PlanLine(Curve(places[on.Id], (box.X, box.Y)), on.Status == TaskState.Done)))],
            boxes.Count == 0 ? 0 : boxes.Max(box => box.X) + BoxWidth, boxes.Count == 0 ? 0 : boxes.Max(box => box.Y) + BoxHeight);
    }

    private static List<List<GoalPart>> Layers(IReadOnlyList<GoalPart> tasks, ILookup<Guid, Guid> before)
    {
        Dictionary<Guid, int> depth = [];
        Dictionary<Guid, double> height = [];
        List<List<GoalPart>> layers = [];
        foreach (var layer in tasks.GroupBy(task => Depth(task.Id)).OrderBy(group => group.Key))
        {
            // Near the middle of what it waits for; LINQ's order keeps those that are equal in the order of the plan.
            List<GoalPart> ordered = [.. layer.OrderBy(task => before[task.Id].Select(on => height.GetValueOrDefault(on)).DefaultIfEmpty(layer.Key == 0 ? 0 : double.MaxValue).Average())];
            for (var i = 0; i < ordered.Count; i++) height[ordered[i].Id] = i - ordered.Count / 2.0;
            layers.Add(ordered);
        }

        return layers;

        int Depth(Guid id)
        {
            if (depth.TryGetValue(id, out var known)) return known;
            depth[id] = 0; // the database lets no cycle in; one that came all the same would not be followed for ever
            return depth[id] = before[id].Select(on => Depth(on) + 1).DefaultIfEmpty(0).Max();
        }
    }

    private static string Curve((int X, int Y) from, (int X, int Y) to)
    {
        var (x1, y1, x2, y2) = (from.X + BoxWidth, from.Y + BoxHeight / 2, to.X, to.Y + BoxHeight / 2);
        return string.Create(CultureInfo.InvariantCulture, $"M{x1} {y1}C{x1 + Across / 2} {y1} {x2 - Across / 2} {y2} {x2} {y2}");
    }
}
