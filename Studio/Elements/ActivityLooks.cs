using System.Text;
using MudBlazor;

namespace AgentOS.Studio.Elements;

/// <summary>A category of our activities, and how the designer shows them.</summary>
/// <param name="Category">As the palette has it.</param>
/// <param name="Icon">One of MudBlazor's.</param>
/// <param name="Colour">Behind a white icon.</param>
/// <param name="Activities">Their types, without the namespace.</param>
internal sealed record ActivityLook(string Category, string Icon, string Colour, params string[] Activities);

/// <summary>
/// Elsa Studio has icons and colours in its own code, for Elsa's activities alone; a descriptor cannot bring any, and all of ours would look the same.
/// So their looks are a style sheet: a node on the canvas carries its JSON, and <c>elements.js</c> marks the palette with its categories.
/// </summary>
internal static class ActivityLooks
{
    public const string Name = "looks.css";

    public static readonly IReadOnlyList<ActivityLook> All =
    [
        new("Planning", Icons.Material.Filled.AccountTree, "#7c3aed", "CreateGoal", "OpenGoal", "DispatchTasks", "WaitForTasks", "PlanAgain", "CloseGoal"),
        new("Models", Icons.Material.Filled.AutoAwesome, "#a21caf", "OpenSession", "AskModel", "RunTool"),
        new("Coding", Icons.Material.Filled.Code, "#0369a1", "OpenTask", "WaitForWorker", "PrepareWorkspace", "CommitWork", "SendBack", "BlockTask", "CloseTask"),
        new("Review", Icons.Material.Filled.FactCheck, "#15803d", "RunChecks", "RequireApproval"),
        new("Merging", Icons.Material.Filled.CallMerge, "#c2410c", "MergeTask", "TakeBatch", "TestBatch", "LandBatch", "SplitBatch"),
        new("Human", Icons.Material.Filled.Person, "#a16207", "WaitForAnswer"),
        new("Heartbeat", Icons.Material.Filled.MonitorHeart, "#475569", "ClaimSchedules", "RunDuty"),
    ];

    public static string Write()
    {
        var sheet = new StringBuilder(".elsa-activity .activity-icon::before{width:20px;height:20px;background:currentColor;-webkit-mask:var(--icon) center/contain no-repeat;mask:var(--icon) center/contain no-repeat}\n");
        foreach (var look in All)
        {
            var node = $"elsa-activity-wrapper:is({string.Join(',', look.Activities.Select(activity => $"[activity-json*='\"type\":\"AgentOS.{activity}\"']"))})";
            var card = $"[data-category={look.Category}] [draggable=true]";
            sheet.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""
                {{node}} .elsa-activity{--elsa-activity-accent:{{look.Colour}}!important;--icon:{{Image(look.Icon)}}}
                {{node}} .activity-icon{color:#fff}
                {{node}} .activity-icon::before{content:""}
                {{node}} .activity-icon>svg{display:none}
                {{card}}{border-left-color:{{look.Colour}}!important}
                {{card}} [role=group]::before{content:"";flex:none;width:24px;height:24px;background:color-mix(in srgb,{{look.Colour}} 65%,currentColor);-webkit-mask:{{Image(look.Icon)}} center/contain no-repeat;mask:{{Image(look.Icon)}} center/contain no-repeat}
                {{card}} svg{display:none}

                """);
        }
        return sheet.ToString();
    }

    private static string Image(string icon) => $"url(\"data:image/svg+xml,{Uri.EscapeDataString($"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'>{icon.Replace('"', '\'')}</svg>")}\")";
}
