using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;
using MudBlazor;
using MudBlazor.Services;

namespace AgentOS.Studio.Elements;

/// <summary>
/// <see cref="Theme"/> as a style sheet. MudBlazor would write it into the page as a style element, which the Content-Security-Policy refuses, and could choose
/// light or dark only when the circuit is there. As a file it also dresses the pages of Elsa Studio, which is made of the same variables.
/// </summary>
internal static class ThemeSheet
{
    public const string Name = "theme.css";

    public static string Write()
    {
        var light = Rules(isDark: false);
        var dark = Rules(isDark: true);
        // More specific than the ':root' that Elsa Studio's own theme is written under.
        return $"html:root{{color-scheme:light;{light}}}\nhtml:root[data-theme=dark]{{color-scheme:dark;{dark}}}\n" +
            $"@media (prefers-color-scheme:dark){{html:root:not([data-theme]){{color-scheme:dark;{dark}}}}}\n";
    }

    /// <summary>What stands between the braces of MudBlazor's <c>:root</c>.</summary>
    private static string Rules(bool isDark)
    {
        var services = new ServiceCollection().AddLogging().AddMudServices().AddSingleton<IJSRuntime, NoBrowser>().AddSingleton<NavigationManager, Nowhere>();
        using var provider = services.BuildServiceProvider();
        using var renderer = new HtmlRenderer(provider, provider.GetRequiredService<ILoggerFactory>());
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { ["Theme"] = Theme.Product, ["IsDarkMode"] = isDark, ["ObserveSystemDarkModeChange"] = false });
        // Drawn once, without anything to wait for.
        var html = renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<MudThemeProvider>(parameters)).ToHtmlString()).GetAwaiter().GetResult();
        var start = html.IndexOf(":root", StringComparison.Ordinal);
        start = html.IndexOf('{', start) + 1;
        return html[start..html.IndexOf('}', start)].ReplaceLineEndings("").Trim();
    }

    private sealed class NoBrowser : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => ValueTask.FromResult<TValue>(default!);

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => ValueTask.FromResult<TValue>(default!);
    }

    private sealed class Nowhere : NavigationManager
    {
        public Nowhere() => Initialize("http://localhost/", "http://localhost/");
    }
}
