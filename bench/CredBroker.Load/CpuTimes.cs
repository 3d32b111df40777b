using System.Globalization;

namespace CredBroker.Load;

/// <summary>CPU time in microseconds, and bytes that the server allocated; null: not watched.</summary>
internal sealed record CpuTimes(double? Server, double? Postgres, double? Caller, double? Allocated = null)
{
    /// <summary>What was used since, for each of so many calls.</summary>
    public CpuTimes PerCall(CpuTimes before, long calls) =>
        new((Server - before.Server) / calls, (Postgres - before.Postgres) / calls, (Caller - before.Caller) / calls, (Allocated - before.Allocated) / calls);

    /// <summary>Server, PostgreSQL and caller.</summary>
    public override string ToString() => string.Join(" / ", new[] { Server, Postgres, Caller }.Select(time => time?.ToString("N0", CultureInfo.InvariantCulture) ?? "-"));
}
