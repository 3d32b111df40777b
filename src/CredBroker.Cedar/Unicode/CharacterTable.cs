using System.Globalization;

namespace CredBroker.Cedar.Unicode;

/// <summary>
/// Ranges of characters, each with a note, from a text that is part of the assembly: <c>first-last note</c> on each line, in hexadecimal
/// and in order. Read when it is first needed, which for most policies is never.
/// </summary>
internal sealed class CharacterTable
{
    private readonly int[] _firsts;
    private readonly int[] _lasts;
    private readonly string[] _notes;

    private CharacterTable(List<(int First, int Last, string Note)> rows)
    {
        _firsts = [.. rows.Select(row => row.First)];
        _lasts = [.. rows.Select(row => row.Last)];
        _notes = [.. rows.Select(row => row.Note)];
    }

    /// <summary>The table of a file of this folder; lines that begin with <c>#</c> are comments.</summary>
    internal static CharacterTable Read(string file)
    {
        using var stream = typeof(CharacterTable).Assembly.GetManifestResourceStream($"{typeof(CharacterTable).Namespace}.{file}")
            ?? throw new InvalidOperationException($"the assembly has no {file}");
        using var reader = new StreamReader(stream);
        var rows = new List<(int, int, string)>();
        while (reader.ReadLine() is { } line)
            if (!line.StartsWith('#')) rows.Add(Row(line));
        return new(rows);
    }

    /// <summary>The note of a character; null for one that is in no range.</summary>
    internal string? Find(int character)
    {
        var at = Array.BinarySearch(_firsts, character);
        if (at < 0) at = ~at - 1;
        return at >= 0 && character <= _lasts[at] ? _notes[at] : null;
    }

    private static (int First, int Last, string Note) Row(string line)
    {
        var (range, note) = line.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var blank ? (line[..blank], line[(blank + 1)..]) : (line, "");
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var first = dash < 0 ? range : range[..dash];
        return (Code(first), Code(dash < 0 ? range : range[(dash + 1)..]), note);
    }

    private static int Code(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
