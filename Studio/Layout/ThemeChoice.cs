using Microsoft.AspNetCore.Http;

namespace AgentOS.Studio.Layout;

/// <summary>Light or dark as the person chose it on the page (chrome.js keeps it in a cookie); without a choice the system's preference counts.</summary>
internal static class ThemeChoice
{
    private const string Cookie = "agentos_theme";

    public static string? Of(HttpContext http) => http.Request.Cookies[Cookie] is "light" or "dark" ? http.Request.Cookies[Cookie] : null;
}
