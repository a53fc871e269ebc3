namespace AgentOS.Studio.Tests.Mission;

/// <summary>What a model, a repository or a log may contain to get at the person who reads it. Put it into every field that a page shows.</summary>
internal static class HostileText
{
    private const string Mark = "window.scripted = 1";

    public static readonly string[] All =
    [
        $"<script>{Mark}</script>",
        $"<img src=x onerror=\"{Mark}\">",
        $"<svg onload=\"{Mark}\"><title>t</title></svg>",
        $"\"><iframe srcdoc=\"<script>parent.{Mark}</script>\"></iframe>",
        $"[click](javascript:{Mark})",
        $"![x](https://evil.example/x.png \"t\")",
        $"<a href=\"javascript:{Mark}\">link</a>",
        $"<style>*{{background:url(https://evil.example/y)}}</style>",
        $"<time-ago at=\"x\" onclick=\"{Mark}\">x</time-ago>",
        $"{{{{constructor.constructor('{Mark}')()}}}}",
    ];

    /// <summary>All of it in one text.</summary>
    public static readonly string Whole = string.Join(' ', All);

    /// <summary>What fits into a title (500 characters).</summary>
    public static readonly string Title = string.Join(' ', All.Take(6));

    /// <summary>The page ran nothing of it, asked no other host for anything, made no element of it, and had nothing to refuse.</summary>
    public static async Task DidNothingAsync(MissionVisit visit)
    {
        (await visit.Page.EvaluateAsync<bool>("'scripted' in window")).ShouldBeFalse();
        (await visit.Page.Locator("main iframe, main img[src=x], main a[href^=javascript], main style, main script").CountAsync()).ShouldBe(0);
        visit.Foreign.ShouldBeEmpty();
        visit.Errors.ShouldBeEmpty();
    }
}
