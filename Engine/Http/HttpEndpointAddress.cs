namespace AgentOS.Engine.Http;

/// <summary>Where HTTP triggers are served: the path in front of every endpoint's own.</summary>
internal sealed record HttpEndpointAddress(string BasePath);
