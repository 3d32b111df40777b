using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tests.Testing;

/// <summary>A text in which the place of a mistake is marked: <c>1 «=» 2</c>.</summary>
internal sealed record Marked(string Text, SourceSpan Span)
{
    public static Marked Of(string marked)
    {
        var start = marked.IndexOf('«', StringComparison.Ordinal);
        var end = marked.IndexOf('»', StringComparison.Ordinal) - 1;
        return new(marked.Replace("«", "", StringComparison.Ordinal).Replace("»", "", StringComparison.Ordinal), new(start, end));
    }

    /// <summary>An error is at the marked place, with these words, and an excerpt points at all of it.</summary>
    public void Is(CedarError error, string message)
    {
        Assert.Equal(message, error.Message);
        Assert.Equal(Span, error.Span);
        var (lines, at) = (error.ToExcerpt().Split('\n'), error.At!.Value);
        Assert.Equal($"{error.Source!.File}:{at.Line}:{at.Column}: {message}", lines[0]);
        Assert.Equal(lines[1].Length - lines[1].TrimStart().Length, lines[2].IndexOf('|', StringComparison.Ordinal) - at.Line.ToString().Length - 1);
        var shown = lines[1][(lines[2].IndexOf('^', StringComparison.Ordinal))..];
        // What cannot be seen is a space in an excerpt.
        var marked = new string([.. Text[Span.Start..Span.End].Split('\n')[0].Select(c => char.IsControl(c) || c == '\u200b' ? ' ' : c)]);
        if (marked.Length > 0 && shown.Length > 0) Assert.StartsWith(marked[..Math.Min(marked.Length, shown.Length)], shown, StringComparison.Ordinal);
    }
}
