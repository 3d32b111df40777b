using System.Globalization;

namespace CredBroker.Cedar.Fuzz;

/// <summary>What a run is to do.</summary>
internal sealed record Options
{
    /// <summary>Where the seeds of the cases come from.</summary>
    public ulong Seed { get; init; } = 20261121;

    /// <summary>A run goes on until so many requests were decided,</summary>
    public long Authorizations { get; init; } = 1_000_000;

    /// <summary>… and so many policy sets were validated.</summary>
    public long Validations { get; init; } = 100_000;

    /// <summary>A run ends after so long in any case; null: it does not.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>How many cases are looked at at a time; each has a Node process.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>One case, by its own seed, instead of a run.</summary>
    public ulong? Case { get; init; }

    /// <summary>Null for what cannot be understood.</summary>
    public static Options? Read(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count || !ulong.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            var isCount = number is > 0 and <= int.MaxValue;
            switch (arguments[i])
            {
                case "--seed":
                    options = options with { Seed = number };
                    break;
                case "--case":
                    options = options with { Case = number };
                    break;
                case "--authorizations" when isCount:
                    options = options with { Authorizations = (long)number };
                    break;
                case "--validations" when isCount:
                    options = options with { Validations = (long)number };
                    break;
                case "--seconds" when isCount:
                    options = options with { Time = TimeSpan.FromSeconds((long)number) };
                    break;
                case "--workers" when isCount:
                    options = options with { Workers = (int)number };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
