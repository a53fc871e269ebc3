namespace AgentOS.Activities.Coding.Tools;

/// <summary>How alike two short texts are, to name what was probably meant.</summary>
internal static class TextDistance
{
    /// <summary>Between 0 and 1: the share of letter pairs in common (Dice's coefficient).</summary>
    public static double Similarity(string a, string b)
    {
        if (a == b)
            return 1;
        if (a.Length < 2 || b.Length < 2)
            return 0;
        var pairs = new Dictionary<(char, char), int>();
        for (var i = 0; i < a.Length - 1; i++)
            pairs[(a[i], a[i + 1])] = pairs.GetValueOrDefault((a[i], a[i + 1])) + 1;
        var common = 0;
        for (var i = 0; i < b.Length - 1; i++)
        {
            if (pairs.GetValueOrDefault((b[i], b[i + 1])) is > 0 and var left)
            {
                pairs[(b[i], b[i + 1])] = left - 1;
                common++;
            }
        }
        return 2.0 * common / (a.Length + b.Length - 2);
    }
}
