using System.Globalization;

namespace CredBroker.Load;

/// <summary>What is not counted: a time, and calls enough that the runtime has compiled the way of a call for good, within twenty seconds.</summary>
internal sealed record WarmUp(TimeSpan AtLeast, long Calls)
{
    public static WarmUp Usual { get; } = new(TimeSpan.FromSeconds(8), Calls: 50_000);

    /// <summary>Of what ran before, and need only settle.</summary>
    public static WarmUp Again { get; } = new(TimeSpan.FromSeconds(1), Calls: 0);

    public TimeSpan AtMost { get; } = TimeSpan.FromSeconds(20);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{AtLeast.TotalSeconds} s and {Calls:N0} calls, at most {AtMost.TotalSeconds} s");
}
