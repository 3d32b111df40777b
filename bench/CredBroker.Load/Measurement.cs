using System.Globalization;

namespace CredBroker.Load;

/// <summary>What a cell came to.</summary>
/// <param name="Calls">Calls that ended well within the measured time.</param>
/// <param name="Seconds">The measured time.</param>
/// <param name="P50">Microseconds; null where only an average is known.</param>
/// <param name="P99">Microseconds.</param>
/// <param name="Cpu">For each call.</param>
internal sealed record Measurement(long Calls, double Seconds, double? P50, double? P99, CpuTimes Cpu)
{
    public double PerSecond => Calls / Seconds;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{PerSecond,9:N0}/s  p50 {P50,7:N0} us  p99 {P99,7:N0} us  {Seconds:N1} s  CPU us {Cpu}");
}
