using Cronos;
using Elsa.Common;

namespace Elsa.Scheduling
{
    public interface ICronParser
    {
        DateTimeOffset GetNextOccurrence(string expression);
    }
}

namespace AgentOS.Engine.Services
{
    /// <summary>Five fields, or six with seconds in front; in UTC.</summary>
    public sealed class CronParser(ISystemClock clock) : Elsa.Scheduling.ICronParser
    {
        public DateTimeOffset GetNextOccurrence(string expression) => Next(expression, clock.UtcNow);

        /// <exception cref="FormatException">It is no cron expression, or one that never comes.</exception>
        public static DateTimeOffset Next(string expression, DateTimeOffset after)
        {
            try
            {
                var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
                return CronExpression.Parse(expression, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard).GetNextOccurrence(after, TimeZoneInfo.Utc)
                       ?? throw new FormatException($"The cron expression '{expression}' never comes.");
            }
            catch (CronFormatException e)
            {
                throw new FormatException($"'{expression}' is no cron expression: {e.Message}", e);
            }
        }
    }
}
