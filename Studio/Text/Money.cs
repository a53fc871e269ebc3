using System.Globalization;

namespace AgentOS.Studio.Text;

/// <summary>US dollars as people read them.</summary>
public static class Money
{
    /// <summary>Cents from ten cents on, below that as many digits as it takes to see something.</summary>
    public static string Of(decimal usd) => usd switch
    {
        0 => "$0",
        >= 0.1m => usd.ToString("$#,0.00", CultureInfo.InvariantCulture),
        >= 0.0001m => usd.ToString("$0.0000", CultureInfo.InvariantCulture),
        _ => "<$0.0001",
    };
}
