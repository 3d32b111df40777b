using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>
/// What policies compare each fact with: values at which their answer may turn. Of a number, a length of time or a moment also its
/// neighbours, for a comparison turns on one side of it.
/// </summary>
internal sealed class Literals
{
    // Of a comparison: `now.durationSince(datetime("…")) < duration("…")` has one of each.
    private const int MostCombined = 64;

    private static readonly Literals s_none = new();

    /// <summary>Numbers.</summary>
    internal SortedSet<long> Numbers { get; } = [];

    /// <summary>Texts, and for each pattern one that fits it.</summary>
    internal SortedSet<string> Texts { get; } = new(StringComparer.Ordinal);

    /// <summary>Lengths of time, in milliseconds.</summary>
    internal SortedSet<long> Lengths { get; } = [];

    /// <summary>Moments, in milliseconds since 1970.</summary>
    internal SortedSet<long> Moments { get; } = [];

    /// <summary>The literals of policies by the fact that they stand beside, and all facts that the policies look at.</summary>
    internal static LiteralsByFact Of(IEnumerable<CedarPolicy> policies)
    {
        var (byFact, read) = (new Dictionary<string, Literals>(StringComparer.Ordinal), new List<string[]>());
        foreach (var condition in policies.SelectMany(policy => policy.Conditions))
        {
            read.AddRange(FactPaths.In(condition.Body));
            var rest = new Stack<Expression>([condition.Body]);
            while (rest.TryPop(out var next))
            {
                if (next is BinaryExpression or LikeExpression) Collect(next, byFact);
                foreach (var child in next.Children) rest.Push(child);
            }
        }

        return new(byFact, read);
    }

    private static void Collect(Expression comparison, Dictionary<string, Literals> byFact)
    {
        var found = new Literals();
        var (rest, units, numbers, lengths, moments) = (new Stack<Expression>([comparison]), new List<long>(), new List<long>(), new List<long>(), new List<long>());
        while (rest.TryPop(out var next))
        {
            if (next is Literal literal && literal.Value.TryGet(out long number)) numbers.Add(number);
            else if (next is Literal quoted && quoted.Value.TryGet(out string? text)) found.Texts.Add(text);
            else if (next is LikeExpression like) found.Texts.Add(string.Join('x', like.Pattern.Pieces));
            else if (next is ExtensionCall { Function.IsConstructor: true, Arguments: [Literal argument] } call && argument.Value.TryGet(out string? given))
            {
                if (call.Function.Name == "duration" && CedarDuration.TryParse(given, out var length)) lengths.Add(length.Milliseconds);
                if (call.Function.Name == "datetime" && CedarDatetime.TryParse(given, out var moment)) moments.Add(moment.UnixMilliseconds);
                continue;
            }
            else if (next is ExtensionCall { Function: { Result: ValueKind.Long, Name: var name } }) units.Add(UnitOf(name));

            foreach (var child in next.Children) rest.Push(child);
        }

        found.Add(units, numbers, lengths, moments);
        foreach (var path in FactPaths.In(comparison))
            if (byFact.TryGetValue(FactPaths.Key(path), out var known)) known.UnionWith(found);
            else byFact.Add(FactPaths.Key(path), new Literals().UnionWith(found));
    }

    private void Add(List<long> units, List<long> numbers, List<long> lengths, List<long> moments)
    {
        foreach (var number in numbers) AddAround(Numbers, number);
        foreach (var length in lengths) AddAround(Lengths, length);
        foreach (var moment in moments) AddAround(Moments, moment);
        // `toHours() < 18` turns where the 18th hour, or the one after it, begins.
        foreach (var unit in units)
            foreach (var number in numbers.Where(number => number is > -100_000_000 and < 100_000_000))
                foreach (var length in new[] { (number * unit) - 1, number * unit, ((number + 1) * unit) - 1, (number + 1) * unit })
                    Lengths.Add(length);
        foreach (var moment in moments.Take(MostCombined))
            foreach (var length in Lengths.Take(MostCombined).Where(length => Math.Abs((decimal)moment + length) < long.MaxValue))
                Moments.Add(moment + length);
    }

    private static void AddAround(SortedSet<long> values, long value)
    {
        if (value > long.MinValue) values.Add(value - 1);
        values.Add(value);
        if (value < long.MaxValue) values.Add(value + 1);
    }

    private Literals UnionWith(Literals other)
    {
        Numbers.UnionWith(other.Numbers);
        Texts.UnionWith(other.Texts);
        Lengths.UnionWith(other.Lengths);
        Moments.UnionWith(other.Moments);
        return this;
    }

    private static long UnitOf(string function) => function switch
    {
        "toDays" => 86_400_000,
        "toHours" => 3_600_000,
        "toMinutes" => 60_000,
        "toSeconds" => 1_000,
        _ => 1,
    };

    /// <summary>The literals of policies, by fact.</summary>
    internal sealed class LiteralsByFact(Dictionary<string, Literals> byFact, List<string[]> read)
    {
        /// <summary>What a fact is compared with.</summary>
        internal Literals Of(params ReadOnlySpan<string> path) => byFact.GetValueOrDefault(FactPaths.Key(path)) ?? s_none;

        /// <summary>True when some policy may look at a fact, by itself or as a part of something.</summary>
        internal bool Reads(params ReadOnlySpan<string> path)
        {
            foreach (var one in read)
            {
                var shorter = Math.Min(one.Length, path.Length);
                if (path[..shorter].SequenceEqual(one.AsSpan(0, shorter))) return true;
            }

            return false;
        }
    }
}
