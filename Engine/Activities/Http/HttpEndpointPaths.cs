using System.Reflection;
using AgentOS.Engine.Http;
using Elsa.Workflows;
using Elsa.Workflows.UIHints;
using Microsoft.AspNetCore.Http;

namespace Elsa.Http;

/// <summary>Shows the whole address of an endpoint in front of the path that is typed.</summary>
internal sealed class HttpEndpointPaths(HttpEndpointAddress address, IHttpContextAccessor accessor) : IPropertyUIHandler
{
    public float Priority => 0;

    public ValueTask<IDictionary<string, object>> GetUIPropertiesAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken = default)
    {
        var request = accessor.HttpContext?.Request;
        return new(new Dictionary<string, object>
        {
            [InputUIHints.SingleLine] = new { adornmentText = $"{(request is null ? "" : $"{request.Scheme}://{request.Host}")}{address.BasePath.TrimEnd('/')}/", enableCopyAdornment = true },
            ["Refresh"] = true,
        });
    }
}
