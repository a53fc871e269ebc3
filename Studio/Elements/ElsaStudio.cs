using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace AgentOS.Studio.Elements;

/// <summary>Elsa Studio's official distribution: what it consists of, and where it is served.</summary>
internal sealed partial class ElsaStudio
{
    /// <summary>
    /// The base of all that it loads, and of the addresses that it pushes into the history
    /// (<c>workflows/instances/{id}/view</c>): under this prefix they cannot meet an HTTP trigger.
    /// </summary>
    public const string Base = "/studio/";

    public const string Package = "@elsa-workflows/elsa-studio-wasm";
    public const string FontPackage = "@fontsource-variable/roboto";

    private const string OwnStyles = "Elsa.Studio.Host.CustomElements.styles.css";

    public static readonly string[] Styles =
    [
        "_content/MudBlazor/MudBlazor.min.css",
        "_content/CodeBeam.MudBlazor.Extensions/MudExtensions.min.css",
        "_content/Radzen.Blazor/css/material-base.css",
        "_content/Elsa.Studio.Shell/css/shell.css",
        OwnStyles,
    ];

    // Monaco must be there before an editor opens; the lists do without. In this order, each after the one before.
    public static readonly string[] MonacoScripts =
    [
        "_content/BlazorMonaco/jsInterop.js",
        "_content/BlazorMonaco/lib/monaco-editor/min/vs/loader.js",
        "_content/BlazorMonaco/lib/monaco-editor/min/vs/editor/editor.main.js",
    ];

    /// <summary>The runtime: first, for all else waits for it.</summary>
    public const string Runtime = "_framework/blazor.webassembly.js";

    public static readonly string[] Scripts =
    [
        "_content/MudBlazor/MudBlazor.min.js",
        "_content/CodeBeam.MudBlazor.Extensions/MudExtensions.min.js",
        "_content/Radzen.Blazor/Radzen.Blazor.min.js",
    ];

    private readonly NpmPackage? _package;

    public ElsaStudio(IOptions<StudioOptions> options)
    {
        _package = NpmPackage.Find(options.Value.Installation, Package);
        if (_package is not null)
        {
            Files = new(_package, "_framework", "_content", OwnStyles, "appsettings.json");
            Assemblies = new(_package);
            Modules = ["_framework/dotnet.js", .. Files.Addresses.Where(file => RuntimeModule().IsMatch(file))];
        }

        if (NpmPackage.Find(options.Value.Installation, FontPackage) is { } fonts) Fonts = new(fonts, "files");
    }

    /// <summary>Null: the package is not installed.</summary>
    public PackedFiles? Files { get; }

    /// <summary>Null: the package is not installed.</summary>
    public AssemblyBundle? Assemblies { get; }

    /// <summary>The modules of the runtime, which a browser would otherwise learn of one by one.</summary>
    public IReadOnlyList<string> Modules { get; } = [];

    public PackedFiles? Fonts { get; }

    public string Versioned(string path) => $"{Base}{path}?v={_package?.Version}";

    [GeneratedRegex(@"^_framework/dotnet\.(runtime|native)\.[a-z0-9]+\.js$")]
    private static partial Regex RuntimeModule();
}
