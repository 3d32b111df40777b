namespace CredBroker.Cedar.Fuzz;

/// <summary>What chance decides: everything of a case follows from one number, on every machine (SplitMix64, by Steele, Lea and Flood).</summary>
internal sealed class Dice(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>The seed of one of many cases.</summary>
    public static ulong SeedOf(ulong run, ulong number) => new Dice(unchecked(run * Golden + number)).Next();

    public ulong Next()
    {
        unchecked
        {
            var z = _state += Golden;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>0 … count - 1.</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    /// <summary>Both ends are possible.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(params IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>Some of them, in the order they have.</summary>
    public List<T> Some<T>(IReadOnlyList<T> from, int percent) => [.. from.Where(_ => Chance(percent))];

    public static T[] Times<T>(int count, Func<T> make)
    {
        var made = new T[count];
        for (var i = 0; i < count; i++) made[i] = make();
        return made;
    }

    /// <summary>One of several ways, each as likely as its weight says.</summary>
    public Func<T> Way<T>(params ReadOnlySpan<(int Weight, Func<T> Make)> ways)
    {
        var sum = 0;
        foreach (var (weight, _) in ways) sum += weight;
        var at = Below(sum);
        foreach (var (weight, make) in ways)
            if ((at -= weight) < 0) return make;
        throw new System.Diagnostics.UnreachableException();
    }
}
