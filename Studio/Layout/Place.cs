using MudBlazor;

namespace AgentOS.Studio.Layout;

/// <summary>An entry of the navigation. A page adds itself here.</summary>
/// <param name="Address">Of the page; what is below it belongs to it.</param>
/// <param name="Icon">An SVG path of <see cref="Icons"/>.</param>
/// <param name="IsRare">Visited now and then: it stands in the menu at the end of the bar.</param>
public sealed record Place(string Address, string Text, string Icon, bool IsRare = false)
{
    public static readonly IReadOnlyList<Place> All =
    [
        new("/", "Board", Icons.Material.Outlined.ViewKanban),
        new("/goals", "Goals", Icons.Material.Outlined.Flag),
        new("/activity", "Activity", Icons.Material.Outlined.Bolt),
        new("/agents", "Agents", Icons.Material.Outlined.Groups),
        new("/costs", "Costs", Icons.Material.Outlined.Paid),
        new("/lessons", "Lessons", Icons.Material.Outlined.School),
        new("/loop", "Workflows", Icons.Material.Outlined.AllInclusive),
        new("/studio/workflows", "Designer", Icons.Material.Outlined.AccountTree, IsRare: true),
        new("/studio/instances", "Instances", Icons.Material.Outlined.PlayCircle, IsRare: true),
        new("/status", "Status", Icons.Material.Outlined.MonitorHeart, IsRare: true),
        new("/settings", "Settings", Icons.Material.Outlined.Settings, IsRare: true),
    ];

    /// <param name="path">The absolute path that is open.</param>
    public bool Holds(string path) => Address == "/" ? path == "/" : path == Address || path.StartsWith(Address + "/", StringComparison.Ordinal);
}
