using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Schema;

/// <summary>What somebody may have meant by a name that is not there.</summary>
internal static class Suggestions
{
    // Looking further would cost more than the mistake is worth.
    private const int MaxCandidates = 2_000;
    private const int MaxLength = 60;

    /// <summary>For messages: <c>perhaps `User`</c>; null when nothing is near.</summary>
    internal static string? For(string name, IEnumerable<string> known) => Nearest(name, known) is { } near ? $"perhaps {Quoting.Code(near)}" : null;

    /// <summary>The same, but null when the list has as many mistakes as it keeps.</summary>
    internal static string? For(string name, IEnumerable<string> known, ErrorList errors) => errors.Count < CedarLimits.MaxErrors ? For(name, known) : null;

    /// <summary>The known name that takes the fewest changes, when a third of the letters or fewer must change; else null.</summary>
    internal static string? Nearest(string name, IEnumerable<string> known)
    {
        if (name.Length > MaxLength) return null;
        var (best, limit) = ((string?)null, (name.Length / 3) + 1);
        foreach (var candidate in known.Take(MaxCandidates))
        {
            if (candidate == name || candidate.Length > MaxLength || Math.Abs(candidate.Length - name.Length) >= limit) continue;
            var distance = Distance(name, candidate);
            if (distance >= limit) continue;
            (best, limit) = (candidate, distance);
        }

        return best;
    }

    /// <summary>Letters to add, drop, change or swap with the next; a difference of case alone counts for nothing.</summary>
    private static int Distance(string left, string right)
    {
        // Three rows of the usual table: the one before the last, the last, the current one.
        int[] older = [], last = [.. Enumerable.Range(0, right.Length + 1)];
        for (var i = 1; i <= left.Length; i++)
        {
            var row = new int[right.Length + 1];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) row[j] = Math.Min(row[j], older[j - 2] + 1);
            }

            (older, last) = (last, row);
        }

        return last[right.Length];
    }
}
