using System.Text;

namespace AgentOS.Kernel.Database;

/// <summary>Text as PostgreSQL takes it: without the zero character, and without halves of surrogate pairs. What programs print may hold both.</summary>
public static class PlainText
{
    public static string Clean(string text)
    {
        if (text.Contains('\0')) text = text.Replace('\0', '\uFFFD');
        return text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }
}
