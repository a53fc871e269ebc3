namespace AgentOS.Studio.Settings;

/// <summary>What a person calls a browser, by what it says of itself ("Firefox on Linux"). It may say anything: this is to recognise one's own, and proves nothing.</summary>
internal static class BrowserName
{
    // Each says the names of those before it, so that pages made for them take it: the first that is found is it.
    private static readonly (string Said, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
        ("HeadlessChrome/", "Chrome without a window"), ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Said, string Name)[] Systems =
        [("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"), ("Macintosh", "macOS"), ("FreeBSD", "FreeBSD"), ("Linux", "Linux")];

    public static string Of(string? userAgent) => (Found(Browsers, userAgent), Found(Systems, userAgent)) switch
    {
        ({ } browser, { } system) => $"{browser} on {system}",
        ({ } browser, null) => browser,
        (null, { } system) => $"A browser on {system}",
        // A program that is no browser calls itself "curl/8.5.0".
        _ => userAgent?.Split('/', ' ')[0] is { Length: > 0 and <= 40 } program ? program : "An unknown browser",
    };

    private static string? Found((string Said, string Name)[] known, string? userAgent) => Array.Find(known, one => userAgent?.Contains(one.Said, StringComparison.Ordinal) == true).Name;
}
