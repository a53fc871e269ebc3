using Npgsql;

namespace AgentOS.Kernel.Database;

/// <summary>The SQLSTATEs that AgentOS's own triggers raise (see 0002_tasks.sql).</summary>
public static class DatabaseErrors
{
    public const string IllegalChange = "AO001";
    public const string Cycle = "AO002";
    public const string NoEvidence = "AO003";
    public const string Fixed = "AO004";
    public const string OverBudget = "AO005";
    public const string NotReady = "AO006";

    internal static bool Is(this PostgresException error, string state, string? constraint = null) =>
        error.SqlState == state && (constraint is null || error.ConstraintName == constraint);
}

/// <summary>The database or a rule refuses: the state is not what the change expects. The message says what is.</summary>
public sealed class RefusedException(string message, Exception? inner = null) : AgentOSException(message, inner);

/// <summary>There is no such thing.</summary>
public sealed class NotFoundException(string what, object id) : AgentOSException($"There is no {what} {id}.");
