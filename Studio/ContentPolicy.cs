using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace AgentOS.Studio;

/// <summary>
/// The Content-Security-Policy of the pages. Scripts run by this answer's nonce only, and what those scripts load themselves:
/// a script that came in with a model's text, or that a workflow serves under this address, does not run.
/// </summary>
internal static class ContentPolicy
{
    /// <summary>Sends the policy and gives the nonce for the page's script elements.</summary>
    /// <param name="webAssembly">Elsa Studio: compiles WebAssembly, starts Monaco's workers from blobs, sets style attributes.</param>
    public static string Send(HttpContext http, bool webAssembly)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        http.Response.Headers.ContentSecurityPolicy = string.Join("; ",
            "default-src 'none'",
            $"script-src 'nonce-{nonce}'{(webAssembly ? " 'strict-dynamic' 'wasm-unsafe-eval'" : "")}",
            // Elsa Studio writes its theme into style elements; MudBlazor, in our own pages, only sets style attributes (widths, places of popovers).
            webAssembly ? "style-src 'self' 'unsafe-inline'" : "style-src 'self'; style-src-attr 'unsafe-inline'",
            webAssembly ? "img-src 'self' data:" : "img-src 'self'",
            webAssembly ? "font-src 'self' data:" : "font-src 'self'",
            "connect-src 'self'",
            webAssembly ? "worker-src 'self' blob:" : "worker-src 'none'",
            "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'");
        http.Response.Headers.CacheControl = "no-store";
        return nonce;
    }
}
