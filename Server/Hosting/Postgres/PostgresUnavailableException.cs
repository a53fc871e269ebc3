using AgentOS.Kernel;

namespace AgentOS.Server.Hosting.Postgres;

/// <summary>PostgreSQL could not be found, started or reached. The message says what to do.</summary>
internal sealed class PostgresUnavailableException(string message, Exception? inner = null) : AgentOSException(message, inner);
