using MudBlazor;

namespace AgentOS.Studio;

/// <summary>The colours and measures of the product, light and dark. Text and controls keep a contrast of 4.5:1 on every ground that is used.</summary>
internal static class Theme
{
    private static readonly string[] Fonts = ["Roboto", "system-ui", "sans-serif"];

    public static readonly MudTheme Product = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#1d5fd1", PrimaryContrastText = "#ffffff", Secondary = "#6941c6", Tertiary = "#0e7090",
            Info = "#1d5fd1", Success = "#167344", Warning = "#8f5a00", Error = "#b42318", Dark = "#1f2630",
            TextPrimary = "#1a212b", TextSecondary = "#566171", TextDisabled = "#8b95a3", ActionDefault = "#566171", ActionDisabled = "#a8b0bb", ActionDisabledBackground = "#e7ebf0",
            Background = "#f6f7f9", BackgroundGray = "#eceff3", Surface = "#ffffff", DrawerBackground = "#ffffff", DrawerText = "#1a212b", DrawerIcon = "#566171",
            AppbarBackground = "#ffffff", AppbarText = "#1a212b", LinesDefault = "#e1e5ea", LinesInputs = "#b9c1cc", TableLines = "#e1e5ea", TableHover = "#f0f3f7", TableStriped = "#f8f9fb",
            Divider = "#e1e5ea", DividerLight = "#eef0f4", Skeleton = "#e7ebf0", OverlayDark = "rgba(16,22,30,0.45)",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#79aefb", PrimaryContrastText = "#0c1420", Secondary = "#b7a0f5", Tertiary = "#6cc7de",
            Info = "#79aefb", Success = "#5fca8a", Warning = "#e2b04a", Error = "#f58a80", Dark = "#0b0f14",
            SuccessContrastText = "#0c1420", WarningContrastText = "#0c1420", ErrorContrastText = "#0c1420", InfoContrastText = "#0c1420", SecondaryContrastText = "#0c1420", TertiaryContrastText = "#0c1420",
            TextPrimary = "#e4e9ef", TextSecondary = "#9ba7b5", TextDisabled = "#66717f", ActionDefault = "#9ba7b5", ActionDisabled = "#566171", ActionDisabledBackground = "#232b35",
            Background = "#0f141a", BackgroundGray = "#151b23", Surface = "#1a212a", DrawerBackground = "#151b23", DrawerText = "#e4e9ef", DrawerIcon = "#9ba7b5",
            AppbarBackground = "#151b23", AppbarText = "#e4e9ef", LinesDefault = "#2b3440", LinesInputs = "#46515f", TableLines = "#2b3440", TableHover = "#222a35", TableStriped = "#1d242e",
            Divider = "#2b3440", DividerLight = "#232b35", Skeleton = "#2b3440", OverlayDark = "rgba(4,7,11,0.6)",
        },
        LayoutProperties = new() { DefaultBorderRadius = "6px", AppbarHeight = "48px" },
        Typography = new()
        {
            Default = new DefaultTypography { FontFamily = Fonts, FontSize = ".875rem", LineHeight = "1.5", LetterSpacing = "normal" },
            H1 = new H1Typography { FontFamily = Fonts, FontSize = "1.25rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "-.005em" },
            H2 = new H2Typography { FontFamily = Fonts, FontSize = "1rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "normal" },
            H6 = new H6Typography { FontFamily = Fonts, FontSize = "1rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontFamily = Fonts, FontSize = ".875rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = Fonts, FontSize = ".8125rem", LineHeight = "1.45", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = Fonts, FontSize = ".8125rem", FontWeight = "500", LineHeight = "1.5", LetterSpacing = "normal", TextTransform = "none" },
            Caption = new CaptionTypography { FontFamily = Fonts, FontSize = ".75rem", LineHeight = "1.4", LetterSpacing = "normal" },
        },
    };
}
