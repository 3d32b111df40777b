using System.Globalization;
using System.Text;
using CredBroker.Cedar.Policies;

namespace CredBroker.Cedar.Text;

/// <summary>One mistake in a policy, an entity, a context or a schema: where, what is wrong, what was expected.</summary>
/// <param name="Source">The text that it is in; null when it is in no text.</param>
/// <param name="Span">Where in the text.</param>
/// <param name="Problem">What is wrong; words of the text are quoted, shortened and escaped.</param>
/// <param name="Expected">What should be there instead; null when the problem says it all.</param>
public sealed record CedarError(SourceText? Source, SourceSpan Span, string Problem, string? Expected = null)
{
    /// <summary>The policy that it is about; null when it is about none in particular.</summary>
    public PolicyId? Policy { get; init; }

    /// <summary>File, line and column; null when it is in no text.</summary>
    public SourceLocation? At => Source?.Locate(Math.Min(Span.Start, Source.Text.Length));

    /// <summary>What is wrong, without where: <c>problem; expected …</c>.</summary>
    public string Message => Expected is null ? Problem : $"{Problem}; expected {Expected}";

    /// <summary>One line, in the form that editors understand: <c>file:line:column: problem; expected …</c>.</summary>
    public override string ToString() => At is { } at ? $"{at}: {Message}" : Message;

    /// <summary>The line above, the line of the text, and carets below the place.</summary>
    public string ToExcerpt()
    {
        if (At is not { } at || Source is null) return Message;
        var line = Source.LineAt(Math.Min(Span.Start, Source.Text.Length));
        var start = Math.Min(at.Column - 1, line.Length);
        var shown = line[Math.Max(0, start - MaxBefore)..Math.Min(line.Length, start + MaxAfter)];
        var indent = Math.Min(start, MaxBefore);
        var carets = Math.Clamp(Span.Length, 1, Math.Max(1, shown.Length - indent));
        var number = at.Line.ToString(CultureInfo.InvariantCulture);
        return new StringBuilder(ToString()).Append('\n')
            .Append(CultureInfo.InvariantCulture, $" {number} | ").Append(Quoting.Visible(shown)).Append('\n')
            .Append(' ', number.Length + 1).Append(" | ").Append(' ', indent).Append('^', carets)
            .ToString();
    }

    private const int MaxBefore = 80;
    private const int MaxAfter = 60;
}
