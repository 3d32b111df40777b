namespace CredBroker.Cedar.Text;

/// <summary>A text with its name: turns spans into lines and columns. Immutable and safe to share.</summary>
public sealed class SourceText
{
    private int[]? _lineStarts;

    /// <summary>Names a text.</summary>
    /// <param name="file">What messages call it; need not be a file.</param>
    /// <param name="text">The text.</param>
    public SourceText(string file, string text)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(text);
        (File, Text) = (file, text);
    }

    /// <summary>What messages call it.</summary>
    public string File { get; }

    /// <summary>The text.</summary>
    public string Text { get; }

    // Two threads may compute it at once; they get the same.
    private int[] LineStarts => _lineStarts ??= FindLineStarts(Text);

    /// <summary>Line and column of a character, or of the end of the text.</summary>
    public SourceLocation Locate(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, Text.Length);
        var line = LineOf(index);
        return new(File, line + 1, index - LineStarts[line] + 1);
    }

    /// <summary>The characters of a span.</summary>
    public ReadOnlySpan<char> Slice(SourceSpan span) => Text.AsSpan(span.Start, span.Length);

    /// <summary>The whole line that a character is on, without its end.</summary>
    internal ReadOnlySpan<char> LineAt(int index)
    {
        var line = Text.AsSpan(LineStarts[LineOf(index)]);
        var end = line.IndexOfAny('\n', '\r');
        return end < 0 ? line : line[..end];
    }

    /// <summary>Index of half a surrogate pair, which is no character; -1 when the text is well-formed.</summary>
    internal int IndexOfLoneSurrogate()
    {
        for (var i = Text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < Text.Length; i++)
        {
            if (!char.IsSurrogate(Text[i])) continue;
            if (!char.IsSurrogatePair(Text, i)) return i;
            i++;
        }

        return -1;
    }

    private int LineOf(int index)
    {
        var found = Array.BinarySearch(LineStarts, index);
        return found >= 0 ? found : ~found - 1;
    }

    private static int[] FindLineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (var at = text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = text.IndexOf('\n', at + 1))
            starts.Add(at + 1);
        return [.. starts];
    }
}
